import { describe, expect, test } from "vitest";
import { dateSuggestions, describeDate, explainDate } from "./dates";

const monday = "2026-11-23";

describe("a free-text date", () => {
  test.each([
    ["2028", "2028-01-01", "2028-12-31", 366],
    ["2026-12", "2026-12-01", "2026-12-31", 31],
    ["2028-02", "2028-02-01", "2028-02-29", 29],
    [" 2026-12-24 ", "2026-12-24", "2026-12-24", 1],
    ["2026-10..2026-12", "2026-10-01", "2026-12-31", 92],
    ["2026-12-24..2027", "2026-12-24", "2027-12-31", 373],
    ["2026-10..", "2026-10-01", undefined, undefined],
    ["..2026-10", undefined, "2026-10-31", undefined],
    ["today", monday, monday, 1],
    ["Tomorrow", "2026-11-24", "2026-11-24", 1],
    ["this week", monday, "2026-11-29", 7],
    ["last  week", "2026-11-16", "2026-11-22", 7],
    ["this month", "2026-11-01", "2026-11-30", 30],
    ["next month", "2026-12-01", "2026-12-31", 31],
    ["next year", "2027-01-01", "2027-12-31", 365],
    ["next 14 days", monday, "2026-12-06", 14],
    ["next 1 day", monday, monday, 1],
    ["last 7 days", "2026-11-17", monday, 7],
    ["today..this month", monday, "2026-11-30", 8],
    ["..tomorrow", undefined, "2026-11-24", undefined],
    ["OVERDUE", undefined, "2026-11-22", undefined],
  ])("%s", (text, from, to, days) => {
    expect(explainDate(text, monday)).toEqual({ known: true, from, to, days });
  });

  test("a week begins on Monday, also on a Sunday", () => {
    expect(explainDate("this week", "2026-11-29")).toMatchObject({ from: monday, to: "2026-11-29" });
  });

  test.each(["", "..", "2026-13", "2026-02-30", "2026-1", "soon", "next 0 days", "next 40000 days", "1970", "2200-01", "overdue..", "2026..2027..2028", "2027..2026", "2026-12-24T00:00"])("%s is none", (text) => {
    expect(explainDate(text, monday).known).toBe(false);
  });

  test("every suggestion is one", () => {
    for (const s of dateSuggestions) expect(explainDate(s, monday), s).toMatchObject({ known: true });
  });

  test("is told in words", () => {
    const tell = (text: string) => describeDate(explainDate(text, monday), (d) => d);
    expect(tell("today")).toBe("2026-11-23");
    expect(tell("this week")).toBe("2026-11-23 – 2026-11-29, 7 days");
    expect(tell("2026-10..")).toBe("from 2026-10-01 on");
    expect(tell("overdue")).toBe("up to 2026-11-22");
    expect(tell("soon")).toBe("This is no date yet.");
  });
});
