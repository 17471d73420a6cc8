import { expect, test } from "vitest";
import { byDay } from "./days";

test("notifications are grouped by the reader's days", () => {
  const at = (at: string) => ({ at });
  const all = [at("2026-11-24T16:00:00Z"), at("2026-11-24T14:59:59Z"), at("2026-11-23T20:00:00Z")];
  expect(byDay(all, "UTC").map(({ day, items }) => [day, items.length])).toEqual([
    ["2026-11-24", 2],
    ["2026-11-23", 1],
  ]);
  expect(byDay(all, "Asia/Tokyo").map(({ day, items }) => [day, items.length])).toEqual([
    ["2026-11-25", 1],
    ["2026-11-24", 2],
  ]);
});
