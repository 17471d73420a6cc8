import { expect, test } from "vitest";
import type { HistoryEntry } from "./api/getHistory";
import { filtered, parseFilter, withFilter } from "./historyFilter";

test("a filter is in the URL beside the moment that is shown", () => {
  const at = "at=2026-11-23T10:00:00Z";
  expect(withFilter(at, { kinds: ["opened", "commented"], by: "ada" })).toBe(`${at}&kind=opened,commented&by=ada`);
  expect(parseFilter(`${at}&kind=opened,commented&by=ada`)).toEqual({ kinds: ["opened", "commented"], by: "ada" });
  expect(withFilter(`${at}&kind=opened&by=ada`, { kinds: [], by: undefined })).toBe(at);
  expect(parseFilter("")).toEqual({ kinds: [], by: undefined });
});

test("what is shown is of one of the kinds, and by the one who is named", () => {
  const entries = [
    ["opened", "ada"],
    ["commented", "ada"],
    ["commented", "kim"],
  ].map(([kind, account]) => ({ kind, actor: { account } }) as HistoryEntry);
  expect(filtered(entries, { kinds: [], by: undefined })).toHaveLength(3);
  expect(filtered(entries, { kinds: ["commented"], by: undefined })).toHaveLength(2);
  expect(filtered(entries, { kinds: ["commented", "opened"], by: "ada" })).toHaveLength(2);
  expect(filtered(entries, { kinds: ["cancelled"], by: "ada" })).toEqual([]);
});
