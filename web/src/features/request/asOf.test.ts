import { expect, test } from "vitest";
import { commentsAsOf, deliveriesAsOf, qualityControlsAsOf } from "./asOf";

const by = { account: "kim", name: null, role: "fulfillment_partner" as const, organisation: { id: "juice", name: "Juice" } };
const at = (hour: number) => `2026-11-23T${String(hour).padStart(2, "0")}:00:00Z`;

test("a comment is there from the moment at which it was made", () => {
  const comments = [9, 11].map((hour) => ({ id: String(hour), text: "hello", mentions: [], redacted: false, redactable: false, at: at(hour), by }));
  expect(commentsAsOf(comments, at(8))).toEqual([]);
  expect(commentsAsOf(comments, at(9)).map((c) => c.id)).toEqual(["9"]);
  expect(commentsAsOf(comments, "2026-11-23T12:00:00+01:00")).toHaveLength(2);
  expect(commentsAsOf(comments, undefined)).toEqual(comments);
});

test("a delivery is as far as it was", () => {
  const delivery = {
    id: "d",
    method: "Browser" as const,
    started_at: at(9),
    started_by: by,
    completed_at: at(11),
    inspected_at: at(12),
    files: [{
      id: "f", name: "a.mov", size: 1, sha256: null, status: "Rejected" as const, received: 1, problem: null,
      delivered_at: at(10), processed_at: at(12), method: "Browser" as const, location: null, content: null, downloads: [], current_issues: [], previous_issues: [], upload: null,
    }],
    findings: [{ id: "x", file_id: "f", code: "black", hard: true, where: null, text: "black", overridden: false, override_reason: null, overridable: false, help: null }],
    examined: [],
  };
  expect(deliveriesAsOf([delivery], at(8))).toEqual([]);
  expect(deliveriesAsOf([delivery], at(9))).toMatchObject([{ completed_at: null, inspected_at: null, findings: [], files: [{ delivered_at: null, status: "Declared", received: 0 }] }]);
  expect(deliveriesAsOf([delivery], at(11))).toMatchObject([{ completed_at: at(11), inspected_at: null, findings: [], files: [{ delivered_at: at(10), status: "Arrived", processed_at: null }] }]);
  expect(deliveriesAsOf([delivery], at(12))).toEqual([delivery]);
});

test("an issue has no answer before it was given", () => {
  const issue = {
    id: "i", quality_control_id: "q", delivery_id: "d", file_id: null, code: "Subtitle Drift", category: "Timed Text", severity: "Issue" as const, help: null,
    frame_rate: null, timecode_in: null, frame_in: null, seconds_in: null, timecode_out: null, frame_out: null, seconds_out: null,
    description: "drifts", answer: "Will Fix", note: "sorry", answered_at: at(11), answered_by: by, answerable: false,
    previous: false, resolved: false, confirmed_by: null, confirmed_at: null,
  };
  const result = { id: "q", delivery_id: "d", check: "Full" as const, passed: false, frame_rate: null, recorded_at: at(10), recorded_by: by, issues: [issue] };
  expect(qualityControlsAsOf([result], at(9))).toEqual([]);
  expect(qualityControlsAsOf([result], at(10))[0]?.issues[0]).toMatchObject({ answer: null, note: null, answered_by: null });
  expect(qualityControlsAsOf([result], at(11))).toEqual([result]);
});
