import { expect, test } from "vitest";
import { dayBy, daysAfter, nearestShown, strength, weeksOf } from "./days";

test("a month is weeks that begin on Monday", () => {
  const weeks = weeksOf("2026-11"); // begins on a Sunday, ends on a Monday
  expect(weeks).toHaveLength(6);
  expect(weeks[0]).toEqual([undefined, undefined, undefined, undefined, undefined, undefined, "2026-11-01"]);
  expect(weeks[5]?.[0]).toBe("2026-11-30");
  expect(weeksOf("2027-02")).toHaveLength(4); // from a Monday to a Sunday
  expect(weeksOf("2028-02").flat().filter(Boolean)).toHaveLength(29);
  expect(weeksOf("2026-12").flat().filter(Boolean)).toHaveLength(31);
});

test("keys move between days, over the ends of months and years", () => {
  expect(dayBy("ArrowRight", "2026-12-31")).toBe("2027-01-01");
  expect(dayBy("ArrowUp", "2026-03-03")).toBe("2026-02-24");
  expect(dayBy("Home", "2026-11-24")).toBe("2026-11-01");
  expect(dayBy("End", "2026-02-24")).toBe("2026-02-28");
  expect(dayBy("PageUp", "2026-01-15")).toBe("2025-12-01");
  expect(dayBy("PageDown", "2026-12-15")).toBe("2027-01-01");
  expect(dayBy("x", "2026-12-15")).toBeUndefined();
  expect(daysAfter("2028-02-28", 1)).toBe("2028-02-29");
});

test("months that are left out are stepped over, and the ends stop", () => {
  const months = ["2026-10", "2027-01"];
  expect(nearestShown("2026-10-05", "2026-10-04", months)).toBe("2026-10-05");
  expect(nearestShown("2026-11-01", "2026-10-31", months)).toBe("2027-01-01");
  expect(nearestShown("2026-12-31", "2027-01-01", months)).toBe("2026-10-31");
  expect(nearestShown("2027-02-01", "2027-01-31", months)).toBe("2027-01-31");
  expect(nearestShown("2026-09-30", "2026-10-01", months)).toBe("2026-10-01");
});

test("strength grows with the count", () => {
  expect(strength(0, 9)).toBe(0);
  expect(strength(1, 9)).toBeCloseTo(1 / 3);
  expect(strength(9, 9)).toBe(1);
  expect(strength(0, 0)).toBe(0);
});
