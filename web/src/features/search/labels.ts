import { formatMonth } from "@/shared/lib/format";
import type { Catalogue } from "./api/getCatalogue";

/** How a value of a modifier or grouping is shown. */
export function valueLabel(name: string, value: string | null): string {
  if (value === null || value === "") return "none";
  if (name === "due_month" && /^\d{4}-\d{2}$/.test(value)) return formatMonth(value);
  if (name === "is_original") return value === "Yes" ? "Original" : value === "No" ? "Licensed" : value;
  return value;
}

export function modifierLabel(catalogue: Catalogue | undefined, name: string): string {
  return catalogue?.modifiers.find((m) => m.name === name)?.label ?? spoken(name);
}

export function groupingLabel(catalogue: Catalogue | undefined, name: string): string {
  return catalogue?.groupings.find((g) => g.name === name)?.label ?? spoken(name);
}

// Until the catalogue is there, or for what it does not know.
function spoken(name: string): string {
  return name.replaceAll("_", " ").replace(/\b\w/g, (c) => c.toUpperCase());
}

/** The parts of a group's name, in the order of the groupings. */
export function groupParts(groups: string[], key: Record<string, string | null>): { name: string; text: string; none: boolean }[] {
  return groups.map((name) => {
    const value = key[name] ?? null;
    return { name, text: valueLabel(name, value), none: value === null };
  });
}

/** A group's key as the URL holds it: null is the empty value. */
export function groupOf(key: Record<string, string | null>): Record<string, string> {
  return Object.fromEntries(Object.entries(key).map(([name, value]) => [name, value ?? ""]));
}
