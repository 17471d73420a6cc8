import { expect, test } from "vitest";
import { byDay, changesBeside, quotesBeside, type StoryEntry } from "./telling";

const moved = {
  summary: "Juice moved the estimated delivery date from 24 Nov 2026 to 28 Sep 2027: second pass",
  changes: [{ field: "estimated_delivery_date", label: "Estimated delivery date", from: "2026-11-24", to: "2027-09-28" }],
  reason: "second pass",
  text: null,
} as StoryEntry;

test("before and after stand beside a sentence that does not say both", () => {
  expect(changesBeside(moved)).toEqual([]);
  const completed = { ...moved, summary: "Juice completed the delivery; the request is Delivered", changes: [{ field: "status", label: "Status", from: "Open", to: "Delivered" }] };
  expect(changesBeside(completed)).toHaveLength(1);
});

test("what was said stands beside a sentence that shortens it", () => {
  expect(quotesBeside(moved)).toEqual([]);
  expect(quotesBeside({ ...moved, summary: "Juice commented: hello…", text: "hello everybody", reason: null })).toEqual(["hello everybody"]);
});

test("days follow each other as the entries do", () => {
  const entries = ["2026-11-24T10:00:00", "2026-11-24T09:00:00", "2026-11-22T09:00:00"].map((at) => ({ at }));
  expect(byDay(entries).map((d) => d.entries.length)).toEqual([2, 1]);
  expect(byDay([])).toEqual([]);
});
