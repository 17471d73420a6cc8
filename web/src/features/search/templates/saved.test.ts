import { expect, test } from "vitest";
import { parseSearch } from "../searchState";
import type { Template } from "@/shared/api/templates";
import { keptOf, loadedBy, matching } from "./saved";

function template(query: string, groups: string[], valid = true): Template {
  return { id: query, name: query, query, modifiers: [], groups, shared: false, mine: true, owner: "a", default: false, valid, problem: null, updated_at: "2026-11-24T00:00:00Z" };
}

test("a template keeps modifiers and groupings, and loads them again", () => {
  const state = parseSearch("source_type=Subs&source_type=Dubs&-language=Dutch&title=R%26D&group=language,due_month&bucket=critical&group.language=Korean&sort=title");
  const kept = keptOf(state);
  expect(kept).toEqual({ query: "source_type=Subs&source_type=Dubs&-language=Dutch&title=R%26D", groups: ["language", "due_month"] });
  expect(loadedBy(kept)).toEqual({ modifiers: state.modifiers, groups: state.groups });
});

test("a template is known again, however its modifiers are ordered", () => {
  const one = template("-language=dutch&source_type=Dubs&source_type=Subs", ["language"]);
  expect(matching([template("", []), one], parseSearch("source_type=Subs&source_type=Dubs&-language=Dutch&group=language&sort=title"))).toBe(one);
  expect(matching([one], parseSearch("source_type=Subs&source_type=Dubs&-language=Dutch"))).toBeUndefined();
  expect(matching([one], parseSearch("source_type=Subs&-language=Dutch&group=language"))).toBeUndefined();
  expect(matching([template("", [], false)], parseSearch(""))).toBeUndefined();
});
