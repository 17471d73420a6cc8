import type { Session } from "@/shared/api/session";

/** Whether somebody may search what was done: partners on their requests, quality control not. */
export function mayAudit(session: Session): boolean {
  return session.role !== null && session.role !== "quality_control";
}

/** Whether somebody watches over the log: seals and verifies it. */
export function watchesOver(session: Session): boolean {
  return session.role === "operator" || session.role === "auditor";
}
