import { expect, test } from "vitest";
import { emptySearch, parseSearch } from "../searchState";
import { carried, countOf, deliveredTo, isNothing, isSelected, nothing, range, targetOf, toggled, without, withThese, type Selection } from "./selection";

const extent = { list: 195, matched: 4182 };
const list: Selection = { kind: "list", except: new Set() };
const matched: Selection = { kind: "matched", except: new Set() };

test("some requests are chosen one by one", () => {
  const two = toggled(toggled(nothing, "a"), "b");
  expect(countOf(two, extent)).toBe(2);
  expect(isSelected(two, "a")).toBe(true);
  expect(isSelected(toggled(two, "a"), "a")).toBe(false);
  expect(countOf(nothing, extent)).toBe(0);
  expect([isNothing(nothing), isNothing(two), isNothing(toggled(list, "a"))]).toEqual([true, false, false]);
});

test("of everything, some are left out and taken back", () => {
  expect(countOf(list, extent)).toBe(195);
  expect(countOf(matched, extent)).toBe(4182);
  const but = toggled(matched, "a");
  expect(isSelected(but, "a")).toBe(false);
  expect(isSelected(but, "b")).toBe(true);
  expect(countOf(but, extent)).toBe(4181);
  expect(countOf(toggled(but, "a"), extent)).toBe(4182);
});

test("a range goes both ways, and counts each request once", () => {
  expect(range(3, 6)).toEqual({ first: 3, count: 4 });
  expect(range(6, 3)).toEqual({ first: 3, count: 4 });
  expect(range(5, 5)).toEqual({ first: 5, count: 1 });
  expect(countOf(withThese(withThese(nothing, ["a", "b"]), ["b", "c"]), extent)).toBe(3);
  expect(countOf(withThese(without(list, ["a", "b", "c"]), ["b", "c"]), extent)).toBe(194);
  expect(countOf(without(withThese(nothing, ["a", "b"]), ["b", "z"]), extent)).toBe(1);
});

test("what was chosen stays while the list is sorted and other numbers are opened, and goes with the search", () => {
  const before = parseSearch("language=Korean&bucket=critical");
  const some = withThese(nothing, ["a"]);
  const sorted = parseSearch("language=Korean&bucket=critical&sort=due_date");
  const other = parseSearch("language=Korean&bucket=at_risk");
  const search = parseSearch("language=Dutch&bucket=critical");
  expect(carried(list, before, sorted)).toBe(list);
  expect(carried(some, before, other)).toBe(some);
  expect(carried(matched, before, other)).toBe(matched);
  // All of a list is nothing of another one.
  expect(carried(list, before, other)).toBe(nothing);
  for (const selection of [some, list, matched]) expect(carried(selection, before, search)).toBe(nothing);
});

test("files are for what was chosen by hand; of very many their names say which", () => {
  expect(deliveredTo(withThese(nothing, ["a", "b"]))).toEqual(["a", "b"]);
  expect(deliveredTo(withThese(nothing, Array.from({ length: 201 }, (_, i) => String(i))))).toEqual([]);
  expect([deliveredTo(list), deliveredTo(matched)]).toEqual([[], []]);
});

test("a target names ids, or the query of the list or of the whole search", () => {
  const { modifiers, opened } = parseSearch("source_type=Subs&-language=Dutch&group=language&bucket=at_risk&group.language=&sort=due_date");
  const at = { modifiers, opened };
  expect(targetOf(withThese(nothing, ["a", "b"]), at)).toEqual({ ids: ["a", "b"] });
  expect(targetOf(without(list, ["c"]), at)).toEqual({ query: "source_type=Subs&-language=Dutch&bucket=at_risk&group.language=", except: ["c"] });
  expect(targetOf(matched, at)).toEqual({ query: "source_type=Subs&-language=Dutch", except: [] });
  // All that a group has matched is no bucket.
  expect(targetOf(list, { ...emptySearch, opened: { bucket: "all", group: { language: "Korean" } } })).toEqual({ query: "group.language=Korean", except: [] });
});
