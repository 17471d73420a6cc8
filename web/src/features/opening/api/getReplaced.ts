import { queryOptions } from "@tanstack/react-query";
import { client } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";
import { afterLatestWrite } from "@/shared/api/written";

/** The request that is to be replaced, kept where its page keeps it. */
export function replacedQuery(id: string) {
  return queryOptions({
    queryKey: ["request", id, "details"],
    queryFn: ({ signal }) => answer(client.GET("/api/v1/requests/{id}", { params: { path: { id }, query: { after: afterLatestWrite() } }, signal })),
  });
}
