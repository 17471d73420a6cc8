import type { Schemas } from "@/shared/api/client";
import { reaches } from "@/shared/live/events";
import type { SortKey } from "./searchState";

type Page = Schemas["RowPage"];
type Rows = Schemas["LiveRows"];

/** A page of a list with the rows that have changed, each in its place; the same page where none has. */
export function patched(page: Page, { rows, total, position, again }: Rows): Page {
  if (!reaches(position, page.position)) return page; // it was read later than that
  const changed = new Map(rows.map((row) => [row.request_id, row]));
  const touched = page.rows.some((row) => changed.has(row.request_id));
  if (!touched && (again || total === page.total)) return page;
  return { ...page, total: again ? page.total : total, rows: touched ? page.rows.map((row) => changed.get(row.request_id) ?? row) : page.rows };
}

/**
 * Whether the pages of a list, as they were read, may not be what the list
 * shows now even when the changed rows are put into their places.
 */
export function outOfOrder(pages: Page[], sort: SortKey[], event: Rows): boolean {
  const older = pages.filter((page) => page.position !== event.position && reaches(event.position, page.position));
  if (older.length === 0) return false;
  if (event.again || event.entered.length > 0 || event.left.length > 0) return true;
  const shown = new Map(older.flatMap((page) => page.rows.map((row) => [row.request_id, row])));
  const columns = (sort.length > 0 ? sort.map((key) => key.column) : ["due_date"]) as (keyof Schemas["Row"])[];
  return event.rows.some((row) => {
    const before = shown.get(row.request_id);
    // What is not shown may come into view by what it is sorted by.
    return before === undefined || columns.some((c) => JSON.stringify(before[c] ?? before.buckets) !== JSON.stringify(row[c] ?? row.buckets));
  });
}

/** Whether two queries for rows are for the same list, whatever its order and the page. */
export function sameList(a: unknown, b: unknown): boolean {
  return listKey(a) === listKey(b);
}

function listKey(query: unknown): string {
  const kept = Object.entries(query as Record<string, unknown>).filter(([name, value]) => value !== undefined && !["sort", "limit", "offset", "columns"].includes(name));
  return JSON.stringify(kept.sort(([a], [b]) => (a < b ? -1 : 1)));
}
