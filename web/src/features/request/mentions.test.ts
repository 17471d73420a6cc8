import { expect, test } from "vitest";
import type { Mentionable } from "./api/getMentionable";
import { completed, matching, partsOf, sent, typedAt, written } from "./mentions";

const person = (name: string, organisation: string | null = null): Mentionable => ({ mention: `@{account:${name}}`, kind: "person", name, organisation: organisation === null ? null : { id: organisation, name: organisation }, role: "fulfillment_partner" });

test("an @ at the beginning of a word begins a mention", () => {
  expect(typedAt("@", 1)).toEqual({ from: 0, to: 1, search: "" });
  expect(typedAt("Hello @June Ad, look", 14)).toEqual({ from: 6, to: 14, search: "June Ad" });
  expect(typedAt("mail me@example.com", 19)).toBeUndefined();
  expect(typedAt("no mention", 10)).toBeUndefined();
  expect(typedAt("@June\nnext", 10)).toBeUndefined();
});

test("people are found by any word of their name, and by their organisation", () => {
  const all = [person("June Adeyemi", "Juniper Post"), person("Ada Long")];
  expect(matching(all, "ade").map((one) => one.name)).toEqual(["June Adeyemi"]);
  expect(matching(all, "juniper").map((one) => one.name)).toEqual(["June Adeyemi"]);
  expect(matching(all, "").length).toBe(2);
  expect(matching(all, "eyemi")).toEqual([]);
});

test("two of one name are told apart by their organisations", () => {
  const all = [person("Kim", "Juniper Post"), person("Kim", "Redwood"), person("Ada")];
  expect(all.map((one) => written(one, all))).toEqual(["@Kim (Juniper Post)", "@Kim (Redwood)", "@Ada"]);
});

test("a mention takes the place of what was typed", () => {
  expect(completed("Hello @ju, look", { from: 6, to: 9, search: "ju" }, "@June")).toEqual({ text: "Hello @June , look", caret: 12 });
  expect(completed("@ju look", { from: 0, to: 3, search: "ju" }, "@June")).toEqual({ text: "@June look", caret: 6 });
});

test("what is sent has ids, the longer name first", () => {
  const chosen = new Map([
    ["@June", "@{account:1}"],
    ["@June Adeyemi", "@{account:2}"],
  ]);
  expect(sent("@June Adeyemi and @June: look", chosen)).toBe("@{account:2} and @{account:1}: look");
});

test("mentions are found again in a text", () => {
  const june = { text: "@June Adeyemi", me: true };
  expect(partsOf("@June Adeyemi, mail a@b.c", [june])).toEqual([june, ", mail a@b.c"]);
  expect(partsOf("Nothing @here", [])).toEqual(["Nothing @here"]);
  expect(partsOf("See @June Adeyemi", [june])).toEqual(["See ", june]);
});
