import { queryOptions } from "@tanstack/react-query";
import { client } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";

/** The values of an open vocabulary that requests have so far. */
export function knownValuesQuery(name: "language" | "country") {
  return queryOptions({
    queryKey: ["values", "known", name],
    queryFn: async ({ signal }) => {
      const { values } = await answer(client.GET("/api/v1/modifiers/{name}/values", { params: { path: { name }, query: { limit: 200 } as never }, signal }));
      return values.flatMap(({ value }) => (value === "" || value === null ? [] : [value]));
    },
    staleTime: 60_000,
  });
}
