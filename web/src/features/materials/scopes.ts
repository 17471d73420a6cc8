import type { Row } from "./entries";

/** Which requests a dialog's files are for. */
export interface Scope {
  key: "chosen" | "awaiting" | "open";
  rows: readonly Row[];
}

/** The package that all of them belong to, if they do. */
export function packageOf(rows: readonly Row[]): string | undefined {
  const [first] = rows;
  return first?.package_id !== undefined && rows.every((row) => row.package_id === first.package_id) ? first.package_id : undefined;
}

/** What there is to choose from: those that it was opened for, and their package's; each set of requests once. */
export function scopesOf(chosen: readonly Row[], ofPackage: readonly Row[]): Scope[] {
  const awaiting = ofPackage.filter((row) => row.buckets?.includes("awaiting_materials"));
  const all: Scope[] = [
    { key: "chosen", rows: chosen },
    { key: "awaiting", rows: awaiting },
    { key: "open", rows: ofPackage },
  ];
  const scopes = all.filter((one) => one.rows.length > 0);
  // Of two that are the same set, the later one has the better name.
  return scopes.filter((one, i) => !scopes.slice(i + 1).some((later) => same(one.rows, later.rows)));
}

function same(a: readonly Row[], b: readonly Row[]): boolean {
  const ids = new Set(a.map((row) => row.request_id));
  return a.length === b.length && b.every((row) => ids.has(row.request_id));
}
