import { t } from "@/shared/i18n/t";
import { groupOf, groupParts } from "@/shared/lib/labels";
import type { BucketCounts } from "./api/getBuckets";
import { sameGroup } from "./searchState";

/** A row of numbers: everything, or one group. */
export interface Entry {
  group: Record<string, string>;
  parts: { name: string; text: string; none: boolean }[];
  matched: number | undefined; // undefined while it is not known
  buckets: BucketCounts["buckets"] | undefined;
}

/** The rows of numbers. Of thousands only those that come into view are made. */
export interface Entries {
  length: number;
  at: (index: number) => Entry;
}

const everything: Entry["parts"] = [{ name: "all", text: t("bucket.all"), none: false }];
const usual = 8; // rows that usually fit, until the groups are there

export function entriesOf(counts: BucketCounts | undefined, groups: string[]): Entries {
  const made: Entry[] = [];
  const make = (index: number): Entry => {
    if (index === 0) return { group: {}, parts: everything, matched: counts?.matched, buckets: counts?.buckets };
    const group = counts?.groups?.[index - 1];
    if (group === undefined) return { group: { "": String(index - 1) }, parts: [], matched: undefined, buckets: undefined };
    return { group: groupOf(group.key), parts: groupParts(groups, group.key), matched: group.matched, buckets: group.buckets };
  };
  return {
    length: 1 + (groups.length === 0 ? 0 : (counts?.groups?.length ?? usual)),
    at: (index) => (made[index] ??= make(index)),
  };
}

/** At which index a group is; -1 is none of them. */
export function indexOfGroup(counts: BucketCounts | undefined, groups: string[], group: Record<string, string>): number {
  if (Object.keys(group).length === 0) return 0;
  if (groups.length === 0 || counts?.groups === undefined) return -1;
  const at = counts.groups.findIndex((one) => sameGroup(groupOf(one.key), group));
  return at < 0 ? -1 : at + 1;
}

export function countOf(entry: Entry, bucket: string): number | undefined {
  return bucket === "all" ? entry.matched : entry.buckets?.[bucket as keyof BucketCounts["buckets"]];
}
