import { expect, test } from "vitest";
import { editBody, empty, missing, openBody } from "./values";

const full = { ...empty, title: " The Long Harbour ", movie_type: "Episode", is_original: "No", movie_id: "80005306", package_id: "500001", content_partner: "northlight", source_type: "Dubs", language: "Korean", countries: ["Japan", "South Korea"], due_date: "2026-12-24" };

test("opening leaves out what may be left out", () => {
  expect(openBody(full)).toEqual({
    title: "The Long Harbour",
    movie_type: "Episode",
    is_original: false,
    movie_id: "80005306",
    package_id: "500001",
    content_partner: "northlight",
    source_type: "Dubs",
    service_type: "Unknown",
    language: "Korean",
    countries: ["Japan", "South Korea"],
    due_date: "2026-12-24",
    material_status: "Not Received",
  });
  expect(openBody({ ...full, request_id: "R1", fulfillment_partner: "juice" })).toMatchObject({ request_id: "R1", fulfillment_partner: "juice" });
});

test("an edit holds what was changed, and null for a partner who was taken out", () => {
  const before = { ...full, fulfillment_partner: "juice", sub_assignee: "tandem" };
  expect(editBody(before, { ...before, sub_assignee: "", language: "Thai" }, ["language", "sub_assignee", "fulfillment_partner"])).toEqual({ language: "Thai", sub_assignee: null });
  expect(editBody(before, { ...before, sub_assignee: "" }, ["language"])).toEqual({});
});

test("what has to be there is named", () => {
  expect(missing(full, ["title", "countries", "fulfillment_partner"])).toEqual([]);
  expect(missing({ ...full, title: " ", countries: [] }, ["title", "countries", "fulfillment_partner"])).toEqual(["title", "countries"]);
});
