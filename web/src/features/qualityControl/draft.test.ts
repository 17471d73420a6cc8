import { expect, test } from "vitest";
import { type Draft, type DraftIssue, faultsOf, resultOf } from "./draft";

const issue: DraftIssue = { key: "k", file: "", code: "Typo", severity: "Issue", in: "410", out: "", description: " a name " };
const draft = (change: Partial<Draft>): Draft => ({ check: "Full", verdict: "failed", rate: "24", issues: [issue], ...change });

test("what is whole has no faults and goes out as the API takes it", () => {
  expect(faultsOf(draft({}))).toEqual({});
  expect(resultOf(draft({}))).toEqual({ check: "Full", passed: false, frame_rate: "24", issues: [{ code: "Typo", severity: "Issue", description: "a name", timecode_in: "410" }] });
});

test("each fault is told at its field", () => {
  expect(faultsOf(draft({ verdict: "" }))).toEqual({ passed: "verdict" });
  expect(faultsOf(draft({ issues: [] }))).toEqual({ issues: "noIssue" });
  expect(faultsOf(draft({ verdict: "passed", issues: [{ ...issue, severity: "Blocker" }] }))).toEqual({ passed: "blocker" });
  expect(faultsOf(draft({ issues: [issue, { ...issue, code: "", severity: "", description: " ", in: "24", out: "5" }] }))).toEqual({
    "issues[1].code": "code",
    "issues[1].severity": "severity",
    "issues[1].description": "description",
    "issues[1].timecode_in": "timecode",
  });
  expect(faultsOf(draft({ issues: [{ ...issue, out: "409" }] }))).toEqual({ "issues[0].timecode_out": "backwards" });
  expect(faultsOf(draft({ issues: [{ ...issue, in: "", out: "409" }] }))).toEqual({ "issues[0].timecode_out": "outAlone" });
});
