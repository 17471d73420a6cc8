import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { kindName, kinds } from "./kinds";

test("every kind of the API has a name, in the order of a request's life", () => {
  const schema = readFileSync(join(import.meta.dirname, "../../../../readapi/openapi.yaml"), "utf8");
  const written = /\n {4}EventKind:\n[\s\S]*?enum:\s*\n?([\s\S]*?)\n {4}\w/.exec(schema)?.[1] ?? "";
  const theirs = [...written.matchAll(/[a-z_]+/g)].map(([kind]) => kind);
  expect(theirs.length).toBeGreaterThan(20);
  expect(kinds).toEqual(theirs);
});

test("a kind that is not known yet is shown as it is called", () => {
  expect(kindName("estimated_delivery_date_changed")).toBe("Estimated delivery date moved");
  expect(kindName("teleported")).toBe("teleported");
});
