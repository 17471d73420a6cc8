import { infiniteQueryOptions } from "@tanstack/react-query";
import { client, type Schemas } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";
import { afterLatestWrite } from "@/shared/api/written";
import { apiQuery, type AuditFilter } from "../filter";
import { auditKey } from "./keys";

export type AuditPage = Schemas["AuditPage"];
export type AuditEntry = Schemas["AuditEntry"];

/** What was done, newest first, part of the log by part. All parts are about the log as it ended with the first, so nothing is read again by itself. */
export function auditQuery(filter: AuditFilter) {
  const query = apiQuery(filter);
  return infiniteQueryOptions({
    queryKey: [...auditKey, query],
    queryFn: ({ pageParam: cursor, signal }) =>
      answer(client.GET("/api/v1/audit", { params: { query: { ...query, ...(cursor === undefined ? { after: afterLatestWrite() } : { cursor }) } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last: AuditPage) => last.next ?? undefined,
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
}
