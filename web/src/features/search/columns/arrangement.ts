import { moved } from "@/shared/lib/move";

/** How somebody has the columns of the list: kept in this browser, whatever search is loaded. */
export interface Arrangement {
  order: string[]; // all columns that were known when it was made
  hidden: string[];
  widths: Record<string, number>; // pixels, where they are not the column's own
}

export const narrowest = 56; // pixels
export const widest = 720;

/** A column as far as its place goes. */
interface Placed {
  name: string;
  initially: boolean; // shown to those who never chose
}

export function initialArrangement(all: readonly Placed[]): Arrangement {
  return { order: all.map((c) => c.name), hidden: all.filter((c) => !c.initially).map((c) => c.name), widths: {} };
}

/**
 * A stored arrangement for the columns that there are now: those that went are
 * dropped, a new one comes in behind the one that it follows by nature.
 */
export function fitted(stored: Arrangement, all: readonly Placed[]): Arrangement {
  const names = all.map((c) => c.name);
  const order = [...new Set(stored.order)].filter((name) => names.includes(name));
  const hidden = stored.hidden.filter((name) => order.includes(name));
  all.forEach((column, i) => {
    if (order.includes(column.name)) return;
    const before = names.slice(0, i).findLast((name) => order.includes(name));
    order.splice(before === undefined ? 0 : order.indexOf(before) + 1, 0, column.name);
    if (!column.initially) hidden.push(column.name);
  });
  // A list without columns would say nothing.
  return { order, hidden: hidden.length < order.length ? hidden : hidden.slice(1), widths: Object.fromEntries(Object.entries(stored.widths).filter(([name]) => order.includes(name))) };
}

export function shown(a: Arrangement): string[] {
  return a.order.filter((name) => !a.hidden.includes(name));
}

/** With a column shown or hidden; the last one that is shown stays. */
export function toggled(a: Arrangement, name: string): Arrangement {
  if (a.hidden.includes(name)) return { ...a, hidden: a.hidden.filter((one) => one !== name) };
  return shown(a).length === 1 ? a : { ...a, hidden: [...a.hidden, name] };
}

export function reordered(a: Arrangement, from: number, to: number): Arrangement {
  return { ...a, order: moved(a.order, from, to) };
}

export function resized(a: Arrangement, name: string, width: number): Arrangement {
  return { ...a, widths: { ...a.widths, [name]: Math.round(Math.min(widest, Math.max(narrowest, width))) } };
}

/** With a column as wide as it is by itself. */
export function unsized(a: Arrangement, name: string): Arrangement {
  const { [name]: _, ...widths } = a.widths;
  return { ...a, widths };
}

/** Reads what is stored; undefined for what is no arrangement. */
export function parseArrangement(text: string | null): Arrangement | undefined {
  if (text === null) return undefined;
  try {
    const { order, hidden, widths } = JSON.parse(text) as Partial<Arrangement>;
    if (!isNames(order) || !isNames(hidden) || typeof widths !== "object" || widths === null) return undefined;
    return { order, hidden, widths: Object.fromEntries(Object.entries(widths).filter(([, w]) => typeof w === "number" && w >= narrowest && w <= widest)) };
  } catch {
    return undefined;
  }
}

function isNames(list: unknown): list is string[] {
  return Array.isArray(list) && list.every((one) => typeof one === "string");
}
