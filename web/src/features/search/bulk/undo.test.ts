import { expect, test } from "vitest";
import { moveBack, undoOf } from "./undo";

const rows = [
  { request_id: "a", status: "Open" as const, estimated_delivery_date: "2026-12-01" },
  { request_id: "b", status: "Cancelled" as const, estimated_delivery_date: "2026-12-02" },
  { request_id: "c", status: "Delivered" as const, estimated_delivery_date: "2026-12-03" },
];

test("undoing a cancellation reinstates what it cancelled, not what was cancelled before", () => {
  const undo = undoOf("cancel", rows);
  expect(undo.action).toBe("reinstate");
  expect(undo.orderFor(new Set())).toEqual({ ids: ["a", "c"] });
  expect(undo.orderFor(new Set(["c"]))).toEqual({ ids: ["a"] });
  expect(undo.orderFor(new Set(["a", "c"]))).toBeUndefined();
});

test("undoing a reinstatement cancels what it reinstated", () => {
  const undo = undoOf("reinstate", rows);
  expect(undo.action).toBe("cancel");
  expect(undo.orderFor(new Set())).toEqual({ ids: ["b"] });
});

test("dates move back each to its own, but those that did not move", () => {
  const all = moveBack(rows, "2026-12-02", "taken back");
  expect(all.orderFor(new Set(["c"]))).toEqual({ rows: [{ request_id: "a", date: "2026-12-01" }], reason: "taken back" });
  const each = moveBack(rows, new Map([["b", "2027-01-01"]]), "taken back");
  expect(each.orderFor(new Set())).toEqual({ rows: [{ request_id: "b", date: "2026-12-02" }], reason: "taken back" });
  expect(each.orderFor(new Set(["b"]))).toBeUndefined();
});
