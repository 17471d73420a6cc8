import { queryOptions } from "@tanstack/react-query";
import { client, type Schemas } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";
import { afterLatestWrite } from "@/shared/api/written";
import { modifierQuery, type Modifier } from "../searchState";

export type BucketCounts = Schemas["BucketCounts"];
export type Group = Schemas["Group"];

/** How many groups are asked for at most; more than anybody reads. */
export const groupsLimit = 10_000;

interface Asked {
  modifiers: Modifier[];
  groups: string[];
  groupsSort: string;
  groupsQ: string;
  now: string | undefined;
  asOf: string | undefined;
}

/** The seven counts of a selection, in groups if asked for. */
export function bucketsQuery({ modifiers, groups, groupsSort, groupsQ, now, asOf }: Asked) {
  const grouped = groups.length > 0;
  const query = {
    ...modifierQuery(modifiers),
    group: grouped ? groups : undefined,
    groups_sort: grouped && groupsSort !== "" ? groupsSort : undefined,
    groups_q: grouped && groupsQ !== "" ? groupsQ : undefined,
    groups_limit: grouped ? groupsLimit : undefined,
    now,
    as_of: asOf,
  };
  return queryOptions({
    queryKey: ["buckets", query],
    queryFn: ({ signal }) => answer(client.GET("/api/v1/buckets", { params: { query: { ...query, after: afterLatestWrite() } }, signal })),
  });
}
