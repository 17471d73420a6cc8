import { expect, test } from "vitest";
import { bodyOf, editableBy, nobody } from "./edits";

test("what is left empty stays as it is, and nobody is somebody to set", () => {
  expect(bodyOf({ title: "  ", language: " Korean ", sub_assignee: nobody, is_original: "No", countries: "Japan; South Korea," })).toEqual({
    language: "Korean",
    sub_assignee: null,
    is_original: false,
    countries: ["Japan", "South Korea"],
  });
  expect(bodyOf({})).toEqual({});
});

test("a fulfillment partner edits its own two fields, and nobody but operators the rest", () => {
  expect(editableBy("fulfillment_partner").map((f) => f.name)).toEqual(["service_type", "sub_assignee"]);
  expect(editableBy("operator")).toHaveLength(13);
  expect(editableBy("quality_control")).toEqual([]);
});
