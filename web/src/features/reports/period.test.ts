import { expect, test } from "vitest";
import { spanOf, within } from "./period";

test("periods begin and end on the days that their names say", () => {
  expect(spanOf("last30", "2026-03-01")).toEqual({ from: "2026-01-31", to: "2026-03-01" });
  expect(spanOf("last90", "2026-11-26")).toEqual({ from: "2026-08-29", to: "2026-11-26" });
  expect(spanOf("thisMonth", "2028-02-10")).toEqual({ from: "2028-02-01", to: "2028-02-29" });
  expect(spanOf("lastMonth", "2026-01-31")).toEqual({ from: "2025-12-01", to: "2025-12-31" });
  expect(spanOf("thisYear", "2026-11-26")).toEqual({ from: "2026-01-01", to: "2026-12-31" });
  expect(spanOf("all", "2026-11-26")).toEqual({});
});

test("a week or month of a period does not reach beyond it", () => {
  const span = { from: "2026-11-10", to: "2026-11-26" };
  expect(within("month", "2026-11", span)).toEqual(span);
  expect(within("week", "2026-11-09", span)).toEqual({ from: "2026-11-10", to: "2026-11-15" });
  expect(within("week", "2026-11-16", span)).toEqual({ from: "2026-11-16", to: "2026-11-22" });
  expect(within("month", "2026-02", {})).toEqual({ from: "2026-02-01", to: "2026-02-28" });
});
