import { expect, test } from "vitest";
import { type Check, checksOf, deliveriesOf, type Destination, type Entry, type Match, requestOf, undecidedFirst } from "./matching";
import type { Unfinished } from "./unfinished";

const file = (size: number) => ({ size }) as File;

function matchOf(match: string | null, ...candidates: [id: string, confidence: number][]): Match {
  const whole = candidates.map(([request_id, confidence]) => ({ request_id, confidence, title: request_id, package_id: "1", language: "Dutch", source_type: "Dubs" as const, status: "Open" as const, due_date: "2026-12-01", reasons: [] }));
  return { name: "", size: null, match, ambiguous: match === null && whole.length > 1, candidates: whole, more: 0 };
}

let keys = 0;
const entry = (name: string, match?: Match, chosen?: string, size = 10): Entry => ({ key: keys++, name, file: file(size), match, chosen });
const kinds = (checks: Check[][]) => checks.map((those) => those.map((c) => (c.stop ? "!" : "") + c.kind));
const known = new Map<string, Destination>(
  [
    ["a", "Open", "Accepted"],
    ["b", "Redelivery Requested", "Rejected"],
    ["c", "Delivered", "Accepted"],
  ].map(([request_id = "", status, material_status]) => [request_id, { request_id, title: request_id, language: "Dutch", source_type: "Dubs", status, material_status }]),
);

const table: { name: string; match: Match | undefined; chosen?: string; about: string[]; to: string | undefined }[] = [
  { name: "as its name says", match: matchOf("a", ["a", 0.9]), about: [], to: "a" },
  { name: "nowhere before it was looked for", match: undefined, about: [], to: undefined },
  { name: "nowhere where two are as likely", match: matchOf(null, ["a", 0.5], ["b", 0.5]), about: [], to: undefined },
  { name: "as somebody chose, whatever its name says", match: matchOf("a", ["a", 0.9]), chosen: "b", about: ["a"], to: "b" },
  { name: "to the one request that it is about", match: matchOf("a", ["a", 0.9]), about: ["b"], to: "b" },
  { name: "as its name says, among those that it is about", match: matchOf("a", ["a", 0.9]), about: ["a", "b"], to: "a" },
  { name: "to the likeliest of those that it is about", match: matchOf("c", ["c", 0.9], ["a", 0.6], ["b", 0.5]), about: ["a", "b"], to: "a" },
  { name: "nowhere where two of those are as likely", match: matchOf("c", ["c", 0.9], ["a", 0.5], ["b", 0.5]), about: ["a", "b"], to: undefined },
  { name: "nowhere where it is like none of those", match: matchOf("c", ["c", 0.9]), about: ["a", "b"], to: undefined },
];

for (const { name, match, chosen, about, to } of table) {
  test("a file goes " + name, () => expect(requestOf({ match, chosen }, about)).toBe(to));
}

test("what has to be mended stops a file, the rest warns", () => {
  const entries = [
    entry("one.wav", matchOf("a", ["a", 0.9])),
    entry("two.wav", matchOf(null)),
    entry("three.wav", matchOf(null, ["a", 0.5], ["b", 0.5])),
    entry("four.wav", undefined, "c"),
    entry("five.wav", undefined, "b", 0),
    entry("x".repeat(301), undefined, "a"),
  ];
  expect(kinds(checksOf(entries, [], known, []))).toEqual([[], ["!noRequest"], ["!ambiguous"], ["!closed"], ["empty", "materials"], ["!longName"]]);
});

test("the same name goes to a request once, to another one as well", () => {
  expect(kinds(checksOf([entry("one.wav", undefined, "a"), entry("one.wav", undefined, "a")], [], known, []))).toEqual([["!twice"], ["!twice"]]);
  expect(kinds(checksOf([entry("one.wav", undefined, "a"), entry("one.wav", undefined, "z")], [], known, []))).toEqual([[], []]);
});

test("a name that looks like another request's warns, unless somebody chose", () => {
  const match = matchOf("b", ["b", 0.9]);
  expect(kinds(checksOf([entry("b.wav", match)], ["a"], known, []))).toEqual([["looksLikeOther"]]);
  expect(kinds(checksOf([entry("b.wav", match, "a")], ["b"], known, []))).toEqual([[]]);
});

const upload = { endpoint: "/uploads/", url: "/uploads/1", metadata: {} };
const left = (id: string, name: string, size: number): Unfinished => ({ request: "a", delivery: "d", id, name, size, received: 4, again: false, problem: null, upload });

test("a file of another size than the declared one of its name is another delivery", () => {
  const unfinished = [left("3", "two.wav", 20)];
  expect(checksOf([entry("two.wav", undefined, "a", 21)], [], known, unfinished)[0]).toEqual([{ stop: false, kind: "otherSize", values: { declared: 20, size: 21 } }]);
});

test("one delivery for each request, and what needs a decision is shown first", () => {
  const entries = [entry("1", undefined, "a"), entry("2", undefined, "b"), entry("3", undefined, "a"), entry("4")];
  expect(deliveriesOf(entries, []).map((d) => [d.request_id, d.files.map((f) => f.name).join()])).toEqual([
    ["a", "1,3"],
    ["b", "2"],
  ]);
  const checks = checksOf(entries, [], known, []);
  expect(undecidedFirst(entries.map((e, i) => ({ name: e.name, checks: checks[i] ?? [] }))).map((row) => row.name)).toEqual(["4", "2", "1", "3"]);
});
