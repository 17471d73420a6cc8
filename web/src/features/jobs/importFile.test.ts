import { expect, test } from "vitest";
import { look, parse, toCSV, typeOf } from "./importFile";

test("what a file is sent as goes by its name", () => {
  expect(typeOf("requests.CSV")).toBe("text/csv");
  expect(typeOf("Requests 2026.xlsx")).toMatch(/spreadsheetml/);
  expect(typeOf("requests.xls")).toBeUndefined();
});

test("cells in quotes hold commas, quotes and lines", () => {
  expect(parse('a,"b, ""c""\nd"\r\n1,2')).toEqual([["a", 'b, "c"\nd'], ["1", "2"]]);
});

test("a long file is looked at from its beginning, without a row that was cut off", async () => {
  const file = new Blob(["\uFEFFtitle,language\n", ...Array.from({ length: 10_000 }, (_, i) => `Title ${i},Thai\n`)]);
  const { header, rows } = await look(file);
  expect(header).toEqual(["title", "language"]);
  expect(rows[4]).toEqual(["Title 4", "Thai"]);
  expect(rows).toHaveLength(5);
  expect((await look(new Blob(["title\nOne"]))).rows).toEqual([["One"]]);
});

test("a refusal is no formula", () => {
  expect(toCSV([["line", "reason"], [2, '=1+1, "x"'], [null, "plain"]])).toBe('\uFEFFline,reason\r\n2,"\'=1+1, ""x"""\r\n,plain\r\n');
});
