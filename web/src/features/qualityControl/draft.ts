import { type Rate, readTimecode } from "@/shared/lib/timecode";
import type { Result } from "./api/recordQualityControl";

export interface DraftIssue {
  key: string;
  file: string; // id; "" for none in particular
  code: string;
  severity: "" | "FYI" | "Issue" | "Blocker";
  in: string;
  out: string;
  description: string;
}

/** A result as far as it is entered. */
export interface Draft {
  check: Result["check"];
  verdict: "" | "passed" | "failed";
  rate: Rate;
  issues: DraftIssue[];
}

export function newIssue(file: string): DraftIssue {
  return { key: crypto.randomUUID(), file, code: "", severity: "", in: "", out: "", description: "" };
}

/** What is still wrong with a draft, by the names of the API's fields. */
export function faultsOf(draft: Draft): Record<string, FaultKey> {
  const faults: Record<string, FaultKey> = {};
  if (draft.verdict === "") faults.passed = "verdict";
  if (draft.verdict === "failed" && draft.issues.length === 0) faults.issues = "noIssue";
  if (draft.verdict === "passed" && draft.issues.some((issue) => issue.severity === "Blocker")) faults.passed = "blocker";
  draft.issues.forEach((issue, i) => {
    const at = (field: string) => `issues[${i}].${field}`;
    if (issue.code === "") faults[at("code")] = "code";
    if (issue.severity === "") faults[at("severity")] = "severity";
    if (issue.description.trim() === "") faults[at("description")] = "description";
    const from = issue.in.trim() === "" ? undefined : readTimecode(draft.rate, issue.in);
    const to = issue.out.trim() === "" ? undefined : readTimecode(draft.rate, issue.out);
    if (from !== undefined && "fault" in from) faults[at("timecode_in")] = "timecode";
    if (to !== undefined && "fault" in to) faults[at("timecode_out")] = "timecode";
    else if (to !== undefined && from === undefined) faults[at("timecode_out")] = "outAlone";
    else if (to !== undefined && from !== undefined && !("fault" in from) && to.frame < from.frame) faults[at("timecode_out")] = "backwards";
  });
  return faults;
}

export type FaultKey = "verdict" | "noIssue" | "blocker" | "code" | "severity" | "description" | "timecode" | "outAlone" | "backwards";

/** A draft without faults as the API takes it. */
export function resultOf(draft: Draft): Result {
  return {
    check: draft.check,
    passed: draft.verdict === "passed",
    frame_rate: draft.rate,
    issues: draft.issues.map((issue) => ({
      code: issue.code,
      severity: issue.severity as "FYI",
      description: issue.description.trim(),
      ...(issue.file === "" ? {} : { file_id: issue.file }),
      ...(issue.in.trim() === "" ? {} : { timecode_in: issue.in.trim() }),
      ...(issue.out.trim() === "" ? {} : { timecode_out: issue.out.trim() }),
    })),
  };
}

const keyOf = (account: string, request: string, delivery: string) => `backlot.quality-control.${account}.${request}.${delivery}`;

/** What was entered before the page was loaded again; of another delivery it says nothing. */
export function keptDraft(account: string, request: string, delivery: string): Draft | undefined {
  try {
    const kept = sessionStorage.getItem(keyOf(account, request, delivery));
    return kept === null ? undefined : (JSON.parse(kept) as Draft);
  } catch {
    return undefined;
  }
}

export function keepDraft(account: string, request: string, delivery: string, draft: Draft | undefined): void {
  try {
    if (draft === undefined) sessionStorage.removeItem(keyOf(account, request, delivery));
    else sessionStorage.setItem(keyOf(account, request, delivery), JSON.stringify(draft));
  } catch {
    // Without storage it lives as long as the page.
  }
}
