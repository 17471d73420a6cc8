import type { Row } from "./entries";

/** What one title waits for, by package. */
export interface TitleGroup {
  key: string;
  packageId: string;
  title: string;
  due: string; // the earliest date
  rows: Row[];
}

/** The requests by title and package, in the order of the first of each: most urgent first, as the rows are. */
export function titlesOf(rows: readonly Row[]): TitleGroup[] {
  const groups = new Map<string, TitleGroup>();
  for (const row of rows) {
    const [title, packageId] = [row.title ?? row.request_id, row.package_id ?? ""];
    const key = `${packageId}\n${title}`;
    const group = groups.get(key) ?? { key, packageId, title, due: row.due_date ?? "", rows: [] };
    group.rows.push(row);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** How many of each source type, the most frequent first. */
export function typesOf(rows: readonly Row[]): { type: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const { source_type: type = "" } of rows) counts.set(type, (counts.get(type) ?? 0) + 1);
  return [...counts].map(([type, count]) => ({ type, count })).toSorted((a, b) => b.count - a.count);
}
