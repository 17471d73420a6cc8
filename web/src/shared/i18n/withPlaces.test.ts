import { expect, test } from "vitest";
import { t, withPlaces } from "./t";

test("a message that is filled for every row says what it says when it is looked up", () => {
  const select = withPlaces("list.select", "title");
  for (const title of ["Fjord", "{{title}} & $t(list.more)", ""]) expect(select(title)).toBe(t("list.select", { title: "\u0001" }).replace("\u0001", () => title));
  expect(withPlaces("bucket.matchedIn", "n", "name")("195", "Subs › Korean")).toBe("195 matched, Subs › Korean");
  expect(withPlaces("bucket.matchedIn", "name", "n")("Subs", "7")).toBe("7 matched, Subs");
});
