import { expect, test } from "vitest";
import type { HistoryEntry } from "./api/getHistory";
import { byDay, fromLocalInput, momentsOf, toLocalInput } from "./timeline";

test("days follow each other as the entries do", () => {
  const entries = ["2026-11-24T10:00:00", "2026-11-24T09:00:00", "2026-11-22T09:00:00"].map((at) => ({ at }) as HistoryEntry);
  expect(byDay(entries).map((d) => d.entries.length)).toEqual([2, 1]);
  expect(byDay([])).toEqual([]);
});

test("moments are in order and each once", () => {
  const [a, b] = ["2026-11-23T10:00:00Z", "2026-11-23T09:59:59.5Z"];
  expect(momentsOf([{ at: a }, { at: a }, { at: b }])).toEqual([b, a]);
});

test("a minute is looked at from its end", () => {
  const at = fromLocalInput("2026-11-23T10:15");
  expect(new Date(at ?? "").getTime() - new Date("2026-11-23T10:15:00").getTime()).toBe(59_999);
  expect(toLocalInput(at ?? "")).toBe("2026-11-23T10:15");
  expect(fromLocalInput("")).toBeUndefined();
});
