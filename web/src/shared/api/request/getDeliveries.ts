import { queryOptions } from "@tanstack/react-query";
import { client, type Schemas } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";
import { afterLatestWrite } from "@/shared/api/written";
import { requestKey } from "./keys";

export type Deliveries = Schemas["Deliveries"];

/** What was delivered, with files and findings. */
export function deliveriesQuery(id: string) {
  return queryOptions({
    queryKey: [...requestKey(id), "deliveries"],
    queryFn: ({ signal }) => answer(client.GET("/api/v1/requests/{id}/deliveries", { params: { path: { id }, query: { after: afterLatestWrite() } }, signal })),
  });
}
