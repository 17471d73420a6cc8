import { expect, test } from "vitest";
import { fitted, initialArrangement, narrowest, parseArrangement, reordered, resized, shown, toggled, unsized, widest } from "./arrangement";

const all = [
  { name: "title", initially: true },
  { name: "language", initially: true },
  { name: "countries", initially: false },
  { name: "due_date", initially: true },
];
const first = initialArrangement(all);

test("at first, the columns are in their own order, and some are hidden", () => {
  expect(shown(first)).toEqual(["title", "language", "due_date"]);
  expect(shown(toggled(first, "countries"))).toEqual(["title", "language", "countries", "due_date"]);
  expect(shown(toggled(first, "title"))).toEqual(["language", "due_date"]);
});

test("the last column that is shown stays", () => {
  const one = toggled(toggled(first, "title"), "language");
  expect(shown(one)).toEqual(["due_date"]);
  expect(toggled(one, "due_date")).toEqual(one);
});

test("a column moves to another place, hidden ones keep theirs", () => {
  expect(shown(reordered(first, 3, 0))).toEqual(["due_date", "title", "language"]);
  expect(reordered(first, 3, 0).order).toEqual(["due_date", "title", "language", "countries"]);
  expect(reordered(first, 0, 9)).toEqual(first);
});

test("widths keep within bounds, and can be the column's own again", () => {
  expect(resized(first, "title", 300.4).widths).toEqual({ title: 300 });
  expect(resized(first, "title", 1).widths).toEqual({ title: narrowest });
  expect(resized(first, "title", 9999).widths).toEqual({ title: widest });
  expect(unsized(resized(first, "title", 300), "title").widths).toEqual({});
});

test("what is stored fits the columns that there are now", () => {
  const stored = { order: ["due_date", "gone", "title"], hidden: ["gone", "title"], widths: { gone: 100, title: 200 } };
  const now = fitted(stored, all);
  expect(now.order).toEqual(["due_date", "title", "language", "countries"]);
  expect(now.hidden).toEqual(["title", "countries"]);
  expect(now.widths).toEqual({ title: 200 });
  expect(shown(fitted({ order: ["title"], hidden: ["title"], widths: {} }, all.slice(0, 1)))).toEqual(["title"]);
});

test("what cannot be read is as if nothing were stored", () => {
  expect(parseArrangement(JSON.stringify(first))).toEqual(first);
  for (const text of [null, "", "{", "[]", '{"order":[1],"hidden":[],"widths":{}}', '{"order":["title"]}']) expect(parseArrangement(text)).toBeUndefined();
  expect(parseArrangement('{"order":[],"hidden":[],"widths":{"title":-5,"due_date":80}}')?.widths).toEqual({ due_date: 80 });
});
