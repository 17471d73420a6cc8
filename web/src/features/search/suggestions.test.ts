import { expect, test } from "vitest";
import type { Catalogue } from "@/shared/api/catalogue";
import { suggest } from "./suggestions";

const chosen = { name: "source_type", label: "Source Type", kind: "choice", open: false, values: [], help: "", samples: [], groupable: true } as Catalogue["modifiers"][number];
const values = [
  { value: "Subs", count: 9 },
  { value: "Dubs", count: 5 },
  { value: "Élan", count: 1 },
  { value: null, count: 2 },
];

function offered(text: string, settled: boolean) {
  return suggest({
    catalogue: { modifiers: [chosen] } as unknown as Catalogue,
    scope: undefined,
    modifiers: [],
    choosing: { name: "source_type", exclude: false },
    chosen,
    text,
    values,
    settled,
    today: "2026-11-23",
  }).map((s) => (s.kind === "value" ? s.value : s.name));
}

test("values of an earlier text are not offered for the one just typed", () => {
  expect(offered("dub", false)).toEqual(["Dubs"]);
  expect(offered("elan", false)).toEqual(["Élan"]);
  expect(offered("x", false)).toEqual([]);
});

test("what the server found for the text is offered as it came", () => {
  expect(offered("dub", true)).toEqual(["Subs", "Dubs", "Élan", ""]);
  expect(offered("", false)).toEqual(["Subs", "Dubs", "Élan", ""]);
});
