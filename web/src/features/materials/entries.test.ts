import { expect, test } from "vitest";
import { checksOf, type Entry, grouped, placeOf, type Row } from "./entries";
import { scopesOf } from "./scopes";
import { titlesOf } from "./titles";

const row = (id: string, more: Partial<Row> = {}) => ({ request_id: id, title: "T", package_id: "p", status: "Open", buckets: [], why: [], ...more }) as Row;
let keys = 0;
const entry = (name: string, more: Partial<Entry> = {}): Entry => ({ key: keys++, name, file: { name, size: 5 } as File, kind: "Video", to: undefined, refusal: undefined, ...more });
const about = [row("a"), row("b"), row("c", { status: "Cancelled" })];
const kinds = (entries: Entry[], present = new Map<string, number>()) => checksOf(entries, about, present).map((those) => those.map((c) => `${c.level} ${c.kind}`));

test("two files of a name and kind may not go to one request", () => {
  const [first, second] = [new Set(["a"]), new Set(["b"])];
  expect(kinds([entry("x/one.mov", { to: first }), entry("ONE.mov", { to: first })])).toEqual([["stop twice"], ["stop twice"]]);
  expect(kinds([entry("one.mov", { to: first }), entry("one.mov", { to: second })])).toEqual([[], []]);
  expect(kinds([entry("one.mov", { to: first }), entry("one.mov", { to: first, kind: "Document" })])).toEqual([[], []]);
});

test("what goes nowhere, or to nobody who takes it, stops; what some refuse warns", () => {
  expect(kinds([entry("one.mov", { to: new Set() }), entry("two.mov", { to: new Set(["c"]) }), entry("three.mov")])).toEqual([["stop noRequest"], ["stop allClosed"], ["warning closed"]]);
});

test("it is told what a file takes the place of, and under which name", () => {
  const present = new Map([[placeOf("Script.pdf", "Document"), 2]]);
  expect(kinds([entry("script.PDF", { kind: "Document", to: new Set(["a"]) }), entry("script.pdf", { to: new Set(["a"]) })], present)).toEqual([["note replaces"], []]);
  expect(kinds([entry("script.pdf", { file: { name: "v2.docx", size: 1 } as File, to: new Set(["a"]) })])).toEqual([["warning otherEnding"]]);
});

test("files that go to the same requests make one command", () => {
  const groups = grouped([entry("1"), entry("2", { to: new Set(["b"]) }), entry("3"), entry("4", { to: new Set() })], about);
  expect(groups.map((one) => [one.requests.join(), one.entries.map((e) => e.name).join()])).toEqual([
    ["a,b,c", "1,3"],
    ["b", "2"],
  ]);
});

test("of the requests to choose from, each set is offered once", () => {
  const [a, b, c] = [row("a", { buckets: ["awaiting_materials"] }), row("b", { buckets: ["awaiting_materials"] }), row("c")];
  expect(scopesOf([a], [a, b, c]).map((one) => one.key)).toEqual(["chosen", "awaiting", "open"]);
  expect(scopesOf([b, a], [a, b, c]).map((one) => one.key)).toEqual(["awaiting", "open"]);
  expect(scopesOf([a], []).map((one) => one.key)).toEqual(["chosen"]);
});

test("titles stand in the order of what is due first, each package on its own", () => {
  const titles = titlesOf([row("1", { title: "A", due_date: "2026-01-01" }), row("2", { title: "B", due_date: "2026-01-02" }), row("3", { title: "A", due_date: "2026-01-03" }), row("4", { title: "A", package_id: "q", due_date: "2026-01-04" })]);
  expect(titles.map((one) => [one.title, one.packageId, one.due, one.rows.length])).toEqual([
    ["A", "p", "2026-01-01", 2],
    ["B", "p", "2026-01-02", 1],
    ["A", "q", "2026-01-04", 1],
  ]);
});
