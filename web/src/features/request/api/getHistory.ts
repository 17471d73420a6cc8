import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { client, type Schemas } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";
import { afterLatestWrite } from "@/shared/api/written";
import { requestKey } from "@/shared/api/request/keys";

export type History = Schemas["History"];
export type HistoryEntry = Schemas["HistoryEntry"];

/** Every change of a request, newest first; with at, what had happened by then and the request as it was. */
export function historyQuery(id: string, at?: string) {
  return queryOptions({
    queryKey: [...requestKey(id), "history", at ?? null],
    queryFn: ({ signal }) => answer(client.GET("/api/v1/requests/{id}/history", { params: { path: { id }, query: { at, after: afterLatestWrite() } }, signal })),
    // Moving through the past shows one moment until the next is there.
    placeholderData: at === undefined ? undefined : keepPreviousData,
  });
}
