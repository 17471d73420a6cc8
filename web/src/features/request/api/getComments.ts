import { queryOptions } from "@tanstack/react-query";
import { client, type Schemas } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";
import { afterLatestWrite } from "@/shared/api/written";
import { requestKey } from "@/shared/api/request/keys";

export type Comments = Schemas["Comments"];

/** The comments, oldest first. */
export function commentsQuery(id: string) {
  return queryOptions({
    queryKey: [...requestKey(id), "comments"],
    queryFn: ({ signal }) => answer(client.GET("/api/v1/requests/{id}/comments", { params: { path: { id }, query: { after: afterLatestWrite() } }, signal })),
  });
}
