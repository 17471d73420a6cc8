import { expect, test } from "vitest";
import type { Schemas } from "@/shared/api/client";
import { outOfOrder, patched, sameList } from "./live";

const row = (request_id: string, title: string, due_date = "2026-12-01") => ({ request_id, title, due_date, buckets: [], why: [], near_miss: false }) as Schemas["Row"];
const page = (position: string, ...rows: Schemas["Row"][]): Schemas["RowPage"] => ({ position, stale: false, now: "", total: rows.length, rows, next: null, near_miss: false, warnings: [] });
const told = (position: string, change: Partial<Schemas["LiveRows"]>): Schemas["LiveRows"] => ({ position, stale: false, now: "", total: 2, rows: [], entered: [], left: [], again: false, ...change });

const shown = page("10", row("a", "A"), row("b", "B"));

test("a row that has changed is changed in its place, and every other one stays the same", () => {
  const after = patched(shown, told("11", { rows: [row("b", "B2"), row("z", "Z")] }));
  expect(after.rows.map((r) => r.title)).toEqual(["A", "B2"]);
  expect(after.rows[0]).toBe(shown.rows[0]);
  expect(patched(shown, told("11", { rows: [row("z", "Z")] }))).toBe(shown);
  expect(patched(shown, told("11", { left: ["b"], total: 1 })).total).toBe(1);
  expect(patched(shown, told("11", { again: true, total: 7 }))).toBe(shown);
});

test("what was read later than what is told is left alone", () => {
  expect(patched(shown, told("9", { rows: [row("b", "B2")] }))).toBe(shown);
  expect(outOfOrder([shown], [], told("9", { left: ["a"] }))).toBe(false);
});

test("a list is read again if rows came, went or moved, and not for a change in place", () => {
  const bySort = (column: string, change: Partial<Schemas["LiveRows"]>) => outOfOrder([shown], column === "" ? [] : [{ column, descending: true }], told("11", change));
  expect(bySort("", { rows: [row("b", "B2")] })).toBe(false);
  expect(bySort("title", { rows: [row("b", "B2")] })).toBe(true);
  expect(bySort("", { rows: [row("b", "B", "2026-12-02")] })).toBe(true);
  expect(bySort("", { left: ["b"] })).toBe(true);
  expect(bySort("", { rows: [row("c", "C")], entered: ["c"] })).toBe(true);
  expect(bySort("", { rows: [row("c", "C")] })).toBe(true);
  expect(bySort("", { again: true })).toBe(true);
  expect(bySort("insight", { rows: [{ ...row("b", "B"), buckets: ["critical"] }] })).toBe(true);
  // Read at the same moment, it has everything.
  expect(outOfOrder([shown], [], told("10", { again: true }))).toBe(false);
  expect(outOfOrder([], [], told("11", { again: true }))).toBe(false);
});

test("pages of one list are known by what they select", () => {
  const asked = { language: ["Korean"], bucket: "critical", sort: ["title"], limit: 100, offset: 0, now: undefined };
  expect(sameList(asked, { bucket: "critical", language: ["Korean"], limit: 100, offset: 300 })).toBe(true);
  expect(sameList(asked, { ...asked, bucket: "at_risk" })).toBe(false);
  expect(sameList(asked, { ...asked, "group.language": "" })).toBe(false);
});
