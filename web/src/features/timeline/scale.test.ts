import { expect, test } from "vitest";
import { placeOn, scaleOf, ticksOf } from "./scale";

const day = 86_400_000;
const at = (date: string) => Date.parse(date + "T00:00:00Z");
const days = (ticks: { at: number }[]) => ticks.map((tick) => new Date(tick.at).toISOString().slice(0, 10));

test("a zoom lies around now", () => {
  expect(scaleOf([], at("2026-11-24"), "month")).toEqual({ from: at("2026-11-09"), to: at("2026-12-09") });
});

test("places are in per cent", () => {
  expect(placeOn({ from: 0, to: 4 * day }, day)).toBe(25);
});

test("ticks are days, Mondays, or months, as many as there is room for", () => {
  expect(days(ticksOf({ from: at("2026-11-20"), to: at("2026-11-23") }, 12))).toEqual(["2026-11-20", "2026-11-21", "2026-11-22", "2026-11-23"]);
  expect(days(ticksOf({ from: at("2026-11-01"), to: at("2026-12-15") }, 8))).toEqual(["2026-11-02", "2026-11-09", "2026-11-16", "2026-11-23", "2026-11-30", "2026-12-07", "2026-12-14"]);
  expect(days(ticksOf({ from: at("2026-01-15"), to: at("2026-09-15") }, 10))).toEqual(["2026-02-01", "2026-03-01", "2026-04-01", "2026-05-01", "2026-06-01", "2026-07-01", "2026-08-01", "2026-09-01"]);
  expect(days(ticksOf({ from: at("2023-06-15"), to: at("2026-09-15") }, 6))).toEqual(["2024-01-01", "2025-01-01", "2026-01-01"]);
});
