import { queryOptions } from "@tanstack/react-query";
import { client } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";
import type { Filter } from "../deliveriesState";

/** The values that requests have of what deliveries are narrowed by. */
export function knownQuery(name: Filter) {
  return queryOptions({
    queryKey: ["values", "known", name, "all"],
    queryFn: async ({ signal }) => {
      const { values } = await answer(client.GET("/api/v1/modifiers/{name}/values", { params: { path: { name }, query: { limit: 1000 } as never }, signal }));
      return values.map(({ value }) => value ?? "");
    },
    staleTime: 60_000,
  });
}
