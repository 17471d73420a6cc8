import type { Target } from "@/shared/api/request/getTargetRows";
import { type Opened, type SearchState, sameModifiers, sameOpened, selectionQuery } from "../searchState";

/**
 * The requests that are chosen: some by their ids, or all of the open list, or
 * all that the modifiers match, but for some.
 */
export type Selection =
  | { kind: "some"; ids: ReadonlySet<string> }
  | { kind: "list"; except: ReadonlySet<string> }
  | { kind: "matched"; except: ReadonlySet<string> };

export const nothing: Selection = { kind: "some", ids: new Set() };

/** How many requests there are to choose from. */
export interface Extent {
  list: number; // in the open list
  matched: number;
}

export function isSelected(selection: Selection, id: string): boolean {
  return selection.kind === "some" ? selection.ids.has(id) : !selection.except.has(id);
}

export function countOf(selection: Selection, extent: Extent): number {
  if (selection.kind === "some") return selection.ids.size;
  return Math.max(0, (selection.kind === "list" ? extent.list : extent.matched) - selection.except.size);
}

/** Whether nothing is chosen, as far as can be told without counting. */
export function isNothing(selection: Selection): boolean {
  return selection.kind === "some" && selection.ids.size === 0;
}

const mostNamed = 200; // requests that are worth naming one by one

/** The requests that files are for: those that were chosen one by one; of very many, the files' names say which. */
export function deliveredTo(selection: Selection): string[] {
  return selection.kind === "some" && selection.ids.size <= mostNamed ? [...selection.ids] : [];
}

/** With one request chosen, or not any more. */
export function toggled(selection: Selection, id: string): Selection {
  return isSelected(selection, id) ? without(selection, [id]) : withThese(selection, [id]);
}

/** With all of these chosen as well: a range. */
export function withThese(selection: Selection, ids: readonly string[]): Selection {
  if (selection.kind === "some") return { kind: "some", ids: new Set([...selection.ids, ...ids]) };
  const except = new Set(selection.except);
  for (const id of ids) except.delete(id);
  return { ...selection, except };
}

export function without(selection: Selection, ids: readonly string[]): Selection {
  if (selection.kind !== "some") return { ...selection, except: new Set([...selection.except, ...ids]) };
  const left = new Set(selection.ids);
  for (const id of ids) left.delete(id);
  return { kind: "some", ids: left };
}

/** The rows from one to another, both with them, in the order of the list. */
export function range(from: number, to: number): { first: number; count: number } {
  return { first: Math.min(from, to), count: Math.abs(to - from) + 1 };
}

/** What is left of a selection when the search goes from one state to another. */
export function carried(selection: Selection, before: SearchState, after: SearchState): Selection {
  if (!sameModifiers(before.modifiers, after.modifiers) || before.now !== after.now) return nothing;
  if (selection.kind === "list" && !sameOpened(before.opened, after.opened)) return nothing;
  return selection;
}

export function targetOf(selection: Selection, { modifiers, opened }: { modifiers: SearchState["modifiers"]; opened: Opened | undefined }): Target {
  if (selection.kind === "some") return { ids: [...selection.ids] };
  return { query: selectionQuery(modifiers, selection.kind === "list" ? opened : undefined), except: [...selection.except] };
}
