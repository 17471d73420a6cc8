import { describe, expect, test } from "vitest";
import { emptySearch, formatSearch, modifierQuery, nextGroupsSort, nextSort, onDay, parseSearch, sameModifiers, sameOpened, withoutValue, withValue } from "./searchState";

describe("the URL", () => {
  test("holds modifiers, groupings, the open bucket and the sorting", () => {
    const query = "source_type=Subs&source_type=Dubs&-language=Dutch&due_date=2026-10..2026-12&group=source_type,language&groups_sort=-critical&groups_q=kor&bucket=critical&group.source_type=Subs&group.language=&sort=due_date,-title&calendar=at_risk&now=2026-11-23T12:00:00Z";
    expect(parseSearch(query)).toEqual({
      modifiers: [
        { name: "source_type", exclude: false, values: ["Subs", "Dubs"] },
        { name: "language", exclude: true, values: ["Dutch"] },
        { name: "due_date", exclude: false, values: ["2026-10..2026-12"] },
      ],
      groups: ["source_type", "language"],
      groupsSort: "-critical",
      groupsQ: "kor",
      opened: { bucket: "critical", group: { source_type: "Subs", language: "" } },
      sort: [
        { column: "due_date", descending: false },
        { column: "title", descending: true },
      ],
      calendar: "at_risk",
      now: "2026-11-23T12:00:00Z",
    });
    expect(formatSearch(parseSearch(query))).toBe(query);
  });

  test("survives what people write into values", () => {
    const state = { ...emptySearch, modifiers: [{ name: "title", exclude: false, values: ["R&D, 100% “house” = ?", "", "+1"] }] };
    expect(parseSearch(formatSearch(state))).toEqual(state);
  });

  test("of nothing is nothing", () => {
    expect(parseSearch("")).toEqual(emptySearch);
    expect(formatSearch(emptySearch)).toBe("");
  });

  test("without a bucket opens nothing", () => {
    expect(parseSearch("group.language=Korean").opened).toBeUndefined();
  });
});

describe("modifiers", () => {
  test("take a value once, and go with their last", () => {
    let m = withValue([], "language", false, "Korean");
    m = withValue(m, "language", false, "Korean");
    m = withValue(m, "language", true, "Korean");
    m = withValue(m, "language", false, "Dutch");
    expect(m).toEqual([
      { name: "language", exclude: false, values: ["Korean", "Dutch"] },
      { name: "language", exclude: true, values: ["Korean"] },
    ]);
    expect(modifierQuery(m)).toEqual({ language: ["Korean", "Dutch"], "-language": ["Korean"] });
    expect(withoutValue(m, "language", true, "Korean")).toHaveLength(1);
    expect(withoutValue(m, "language", false, "Korean")[0]?.values).toEqual(["Dutch"]);
  });

  test("are narrowed to a day, whatever the due dates were before", () => {
    const m = withValue(withValue(withValue([], "due_date", false, "this month"), "due_date", true, "overdue"), "language", false, "Korean");
    expect(onDay(m, "2026-11-24")).toEqual([
      { name: "due_date", exclude: true, values: ["overdue"] },
      { name: "language", exclude: false, values: ["Korean"] },
      { name: "due_date", exclude: false, values: ["2026-11-24"] },
    ]);
  });

  test("are the same when they are written the same", () => {
    const m = withValue([], "language", false, "Korean");
    expect(sameModifiers(m, withValue([], "language", false, "Korean"))).toBe(true);
    expect(sameModifiers(m, withValue([], "language", true, "Korean"))).toBe(false);
  });
});

describe("sorting", () => {
  test("goes up, down and away", () => {
    const up = nextSort([], "title", false);
    expect(up).toEqual([{ column: "title", descending: false }]);
    const down = nextSort(up, "title", false);
    expect(down).toEqual([{ column: "title", descending: true }]);
    expect(nextSort(down, "title", false)).toEqual([]);
  });

  test("by another column replaces, or is added", () => {
    const title = nextSort([], "title", false);
    expect(nextSort(title, "language", false)).toEqual([{ column: "language", descending: false }]);
    const both = nextSort(title, "language", true);
    expect(both.map((s) => s.column)).toEqual(["title", "language"]);
    expect(nextSort(both, "title", true)).toEqual([
      { column: "title", descending: true },
      { column: "language", descending: false },
    ]);
  });

  test("of groups goes most first, fewest first, by key", () => {
    expect(nextGroupsSort("", "critical")).toBe("-critical");
    expect(nextGroupsSort("-critical", "critical")).toBe("critical");
    expect(nextGroupsSort("critical", "critical")).toBe("");
    expect(nextGroupsSort("critical", "at_risk")).toBe("-at_risk");
  });
});

test("an open bucket is known by its group", () => {
  const a = { bucket: "critical", group: { language: "Korean" } };
  expect(sameOpened(a, { bucket: "critical", group: { language: "Korean" } })).toBe(true);
  expect(sameOpened(a, { bucket: "critical", group: {} })).toBe(false);
  expect(sameOpened(a, { bucket: "at_risk", group: { language: "Korean" } })).toBe(false);
  expect(sameOpened(undefined, undefined)).toBe(false);
});
