import { infiniteQueryOptions } from "@tanstack/react-query";
import { client, type Schemas } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";
import { afterLatestWrite } from "@/shared/api/written";

export type Row = Schemas["Row"];

/** What has a delivery that nobody has asked to send again. */
export const standings = ["Delivered", "Processed"] as const;

const pageSize = 100;

/** What was delivered, most urgent first. */
export function awaitingQuery(status: readonly string[], title: string) {
  const query = { status: [...status], title: title === "" ? undefined : [title], sort: ["due_date"], columns: ["request_id", "title", "source_type", "language", "due_date", "status", "issues", "fulfillment_partner"], limit: pageSize };
  return infiniteQueryOptions({
    queryKey: ["requests", "quality-control", query],
    queryFn: ({ signal, pageParam }) => answer(client.GET("/api/v1/requests", { params: { query: { ...query, offset: pageParam, after: afterLatestWrite() } as never }, signal })),
    initialPageParam: 0,
    getNextPageParam: (last, pages) => (last.next === null ? undefined : pages.length * pageSize),
  });
}
