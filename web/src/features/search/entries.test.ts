import { expect, test } from "vitest";
import type { BucketCounts, Group } from "./api/getBuckets";
import { entriesOf, indexOfGroup } from "./entries";

const buckets = { requests: 3, critical: 1, at_risk: 1, on_track: 1, awaiting_materials: 0, materials_available: 3, overdue_undelivered: 0 };

function counted(keys: Record<string, string | null>[]): BucketCounts {
  const groups = keys.map((key): Group => ({ key, matched: 4, buckets }));
  return { matched: 40, buckets, groups, groups_total: keys.length, near_miss: false, position: "1", stale: false, now: "2026-11-24T00:00:00Z", warnings: [] };
}

test("everything comes first, then the groups, with the parts of their names in the order of the groupings", () => {
  const counts = counted([{ title: "Fjord", language: "Korean" }, { title: "Fjord", language: null }]);
  const entries = entriesOf(counts, ["language", "title"]);
  expect(entries.length).toBe(3);
  expect([entries.at(0).group, entries.at(0).matched]).toEqual([{}, 40]);
  expect(entries.at(1).parts.map((part) => part.text)).toEqual(["Korean", "Fjord"]);
  expect(entries.at(2).group).toEqual({ title: "Fjord", language: "" });
  expect(entries.at(2)).toBe(entries.at(2)); // rows are compared by what they are given
});

test("until the groups are there, there are as many rows as usually fit", () => {
  expect(entriesOf(undefined, []).length).toBe(1);
  const waiting = entriesOf(undefined, ["language"]);
  expect(waiting.length).toBe(9);
  expect(waiting.at(8).buckets).toBeUndefined();
  expect(entriesOf(counted([]), ["language"]).length).toBe(1);
});

test("a group is found by its key, in which none is empty", () => {
  const counts = counted([{ language: "Korean" }, { language: null }]);
  const at = (group: Record<string, string>, groups = ["language"]) => indexOfGroup(counts, groups, group);
  expect([at({}), at({ language: "Korean" }), at({ language: "" }), at({ language: "Dutch" })]).toEqual([0, 1, 2, -1]);
  expect(at({ language: "Korean" }, [])).toBe(-1);
  expect(indexOfGroup(undefined, ["language"], { language: "Korean" })).toBe(-1);
});
