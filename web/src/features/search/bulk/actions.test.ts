import { expect, test } from "vitest";
import { actionsFor, actionsOf } from "./actions";

test("everybody is offered what their role may do, and nothing else", () => {
  expect(actionsOf({ role: "auditor" })).toEqual([]);
  expect(actionsOf({ role: null })).toEqual([]);
  expect(actionsOf({ role: "content_partner" })).toEqual(["comment"]);
  expect(actionsOf({ role: "quality_control" })).toEqual(["comment", "redelivery"]);
  expect(actionsOf({ role: "fulfillment_partner" })).toEqual(["comment", "estimated-delivery-date", "material-status", "edit", "responsible"]);
  expect(actionsOf({ role: "operator" })).toEqual(["comment", "estimated-delivery-date", "material-status", "edit", "assign", "redelivery", "cancel", "reinstate"]);
});

test("a cancelled request can be reinstated, the others be cancelled", () => {
  expect(actionsFor({ role: "operator" }, "Cancelled")).not.toContain("cancel");
  expect(actionsFor({ role: "operator" }, "Cancelled")).toContain("reinstate");
  expect(actionsFor({ role: "operator" }, "Open")).toContain("cancel");
  expect(actionsFor({ role: "operator" }, "Open")).not.toContain("reinstate");
  expect(actionsFor({ role: "fulfillment_partner" }, "Cancelled")).not.toContain("reinstate");
});
