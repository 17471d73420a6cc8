import { queryOptions } from "@tanstack/react-query";
import { client } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";
import { afterLatestWrite } from "@/shared/api/written";

/** What was delivered to a request, kept where its page keeps it. */
export function deliveriesQuery(id: string) {
  return queryOptions({
    queryKey: ["request", id, "deliveries"],
    queryFn: ({ signal }) => answer(client.GET("/api/v1/requests/{id}/deliveries", { params: { path: { id }, query: { after: afterLatestWrite() } }, signal })),
  });
}
