import { expect, test } from "vitest";
import { apiQuery, everything, formatFilter, parseFilter } from "./filter";

test("a filter is the page's query, and comes back from it", () => {
  const filter = { ...everything, title: "Narcos: 1", kind: ["cancelled", "reinstated"], actor: "ada", from: "2026-11-01", others: [["-language", "Thai"], ["-language", "Dutch"]] as [string, string][] };
  const query = "title=Narcos:+1&actor=ada&from=2026-11-01&kind=cancelled,reinstated&-language=Thai&-language=Dutch";
  expect(formatFilter(filter)).toBe(query);
  expect(parseFilter(query)).toEqual(filter);
  expect(parseFilter("")).toEqual(everything);
  expect(formatFilter(everything)).toBe("");
});

test("what no field can show still counts", () => {
  const filter = parseFilter("from=2026-11-01T10:00:00Z&title=a&title=b&fulfillment_partner=");
  expect(filter).toEqual({ ...everything, title: "a", others: [["from", "2026-11-01T10:00:00Z"], ["title", "b"], ["fulfillment_partner", ""]] });
  expect(apiQuery(filter)).toEqual({ title: ["a", "b"], from: "2026-11-01T10:00:00Z", fulfillment_partner: "" });
});
