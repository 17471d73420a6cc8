import { expect, test } from "vitest";
import { draftOf, modifiersIn, newDraft, queryOf, written } from "./draft";

test("of a page's URL only the modifiers are kept", () => {
  const found = modifiersIn("language=Korean&-country=France&language=Thai&group=language&bucket=critical&sort=title", ["language", "country"]);
  expect(found).toEqual([
    { name: "language", exclude: false, values: ["Korean", "Thai"] },
    { name: "country", exclude: true, values: ["France"] },
  ]);
  expect(queryOf(found)).toBe("language=Korean&language=Thai&-country=France");
});

test("a rule without a webhook is sent without one", () => {
  expect(written({ ...newDraft("", "UTC"), name: " Mine " })).toMatchObject({ name: "Mine", webhook_url: null });
  const rule = { id: "1", modifiers: [], valid: true, problem: null, updated_at: "", ...newDraft("status=Open", "UTC"), webhook_url: null };
  expect(draftOf(rule)).toEqual(newDraft("status=Open", "UTC"));
});
