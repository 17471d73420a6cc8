import { expect, test } from "vitest";
import type { Schemas } from "@/shared/api/client";
import { editOf, type Entry, isWhole } from "./rights";

const kim: Schemas["Account"] = {
  id: "account-1",
  name: "Kim Ahn",
  email: "kim@juniper.example",
  role: "fulfillment_partner",
  organisation: { id: "juniper-post", name: "Juniper Post" },
  administrator: true,
  standing: "active",
  opened_at: "2026-11-24T12:00:00Z",
  keeps: true,
};
const asIs: Entry = { name: "Kim Ahn", email: "kim@juniper.example", role: "fulfillment_partner", organisation: "juniper-post", administrator: true };

test("an edit holds what changes and nothing else", () => {
  expect(editOf(kim, asIs)).toBeUndefined();
  expect(editOf(kim, { ...asIs, name: " Kim Ahn " })).toBeUndefined();
  expect(editOf(kim, { ...asIs, name: "Kim Lee" })).toEqual({ name: "Kim Lee" });
  expect(editOf(kim, { ...asIs, administrator: false })).toEqual({ administrator: false });
  expect(editOf(kim, { ...asIs, organisation: "lantern" })).toEqual({ organisation: "lantern" });
});

test("who leaves a partner leaves its organisation and its accounts too", () => {
  expect(editOf(kim, { ...asIs, role: "auditor" })).toEqual({ role: "auditor", organisation: null, administrator: false });
});

test("a partner's account needs an organisation, the streaming service's own people none", () => {
  expect(isWhole(asIs)).toBe(true);
  expect(isWhole({ ...asIs, organisation: null })).toBe(false);
  expect(isWhole({ ...asIs, role: "operator", organisation: null })).toBe(true);
  expect(isWhole({ ...asIs, name: "  " })).toBe(false);
  expect(isWhole({ ...asIs, email: "" })).toBe(false);
});
