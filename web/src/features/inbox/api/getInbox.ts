import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { client, type Schemas } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";
import { afterLatestWrite } from "@/shared/api/written";
import { inboxKey } from "./keys";

export type Notification = Schemas["Notification"];

// The live stream tells of searches and requests, not of an inbox. Tabs that
// nobody looks at do not ask, and one that is looked at again asks at once.
const refreshEvery = 30_000; // ms
const page = 50;

/** How many notifications were not read. */
export const unreadQuery = queryOptions({
  queryKey: [...inboxKey, "unread"],
  queryFn: async ({ signal }) => (await answer(client.GET("/api/v1/inbox", { params: { query: { unread: false, limit: 0, after: afterLatestWrite() } }, signal }))).unread,
  refetchInterval: refreshEvery,
});

export interface InboxFilter {
  unread: boolean;
  kind: string | undefined;
}

export function inboxQuery({ unread, kind }: InboxFilter) {
  return infiniteQueryOptions({
    queryKey: [...inboxKey, "list", { unread, kind }],
    queryFn: ({ signal, pageParam }) => answer(client.GET("/api/v1/inbox", { params: { query: { unread, kind, limit: page, cursor: pageParam, after: afterLatestWrite() } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
    refetchInterval: refreshEvery,
  });
}
