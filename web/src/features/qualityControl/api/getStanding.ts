import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { client, type Schemas } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";
import { afterLatestWrite } from "@/shared/api/written";

export type Row = Schemas["Row"];
export type Standing = NonNullable<Schemas["QualityControlStatus"]>;

/** How quality control can stand to what was delivered. */
export const standings: readonly Standing[] = ["Awaiting", "Passed", "Not Passed"];

const pageSize = 100;
const titled = (title: string) => (title === "" ? undefined : [title]);

/** What was delivered and awaits a check, or has had one, the earliest due date first. */
export function standingQuery(standing: Standing, title: string) {
  const query = { quality_control: [standing], title: titled(title), sort: ["due_date"], columns: ["request_id", "title", "source_type", "language", "due_date", "status", "issues", "fulfillment_partner"], limit: pageSize };
  return infiniteQueryOptions({
    queryKey: ["requests", "quality-control", query],
    queryFn: ({ signal, pageParam }) => answer(client.GET("/api/v1/requests", { params: { query: { ...query, offset: pageParam, after: afterLatestWrite() } as never }, signal })),
    initialPageParam: 0,
    getNextPageParam: (last, pages) => (last.next === null ? undefined : pages.length * pageSize),
  });
}

/** How many requests there are of each standing. */
export function standingCountsQuery(title: string) {
  const query = { title: titled(title) };
  return queryOptions({
    queryKey: ["requests", "quality-control", "counts", query],
    queryFn: async ({ signal }) => {
      const { values } = await answer(client.GET("/api/v1/modifiers/{name}/values", { params: { path: { name: "quality_control" }, query: { ...query, after: afterLatestWrite() } as never }, signal }));
      return new Map(values.map(({ value, count }) => [value, count]));
    },
    placeholderData: keepPreviousData,
  });
}
