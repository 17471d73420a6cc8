import { type Modifier, parseSearch, selectionQuery } from "../searchState";
import type { Template } from "@/shared/api/templates";

/** What a template loads. */
export interface Loaded {
  modifiers: Modifier[];
  groups: string[];
}

export function loadedBy(template: Pick<Template, "query" | "groups">): Loaded {
  return { modifiers: parseSearch(template.query).modifiers, groups: template.groups };
}

/** What is kept of a search: its modifiers and groupings, not what is open of it. */
export function keptOf({ modifiers, groups }: Loaded): { query: string; groups: string[] } {
  return { query: selectionQuery(modifiers, undefined), groups };
}

/** The template that loads what is there now, whatever the order of modifiers and values. */
export function matching(templates: readonly Template[], now: Loaded): Template | undefined {
  const wanted = canonical(now);
  return templates.find((one) => one.valid && canonical(loadedBy(one)) === wanted);
}

function canonical({ modifiers, groups }: Loaded): string {
  const values = modifiers.flatMap((m) => m.values.map((value) => `${m.exclude ? "-" : ""}${m.name}=${value.toLowerCase()}`));
  return JSON.stringify([[...new Set(values)].sort(), groups]);
}
