import { queryOptions } from "@tanstack/react-query";
import { client, type Schemas } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";
import { afterLatestWrite } from "@/shared/api/written";
import { formatSort, modifierQuery, type Modifier, type Opened, type SortKey } from "../searchState";

export type Row = Schemas["Row"];

/** Rows per answer; the list asks for the pages that are in view. */
export const pageSize = 100;

export interface RowsAsked {
  modifiers: Modifier[];
  opened: Opened;
  sort: SortKey[];
  now: string | undefined;
  asOf: string | undefined;
}

/** The list below a number, as query parameters. */
export function listQuery({ modifiers, opened, sort, now, asOf }: RowsAsked) {
  return {
    ...modifierQuery(modifiers),
    bucket: opened.bucket === "all" ? undefined : (opened.bucket as Schemas["BucketKey"]),
    ...Object.fromEntries(Object.entries(opened.group).map(([name, value]) => [`group.${name}`, value])),
    sort: sort.length > 0 ? formatSort(sort) : undefined,
    now,
    as_of: asOf,
  };
}

/** One page of the rows below a number. */
export function requestsQuery(asked: RowsAsked, page: number) {
  const query = { ...listQuery(asked), limit: pageSize, offset: page * pageSize };
  return queryOptions({
    queryKey: ["requests", query],
    queryFn: ({ signal }) => answer(client.GET("/api/v1/requests", { params: { query: { ...query, after: afterLatestWrite() } }, signal })),
  });
}
