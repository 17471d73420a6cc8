import { useRef } from "react";

/**
 * The elements that rows are shown in, by row: a row keeps its element for as
 * long as it is drawn, and one that comes into view takes that of one that left.
 * New elements for every row that passes by would cost the browser more than
 * the rows do.
 */
export function useSlots(drawn: number[]): Map<number, number> {
  const slots = useRef(new Map<number, number>());
  slots.current = assign(slots.current, drawn);
  return slots.current;
}

/** The slots of what is drawn now, after those of what was drawn before. */
export function assign(before: ReadonlyMap<number, number>, drawn: number[]): Map<number, number> {
  const next = new Map<number, number>();
  const taken = new Set<number>();
  for (const row of drawn) {
    const slot = before.get(row);
    if (slot === undefined) continue;
    next.set(row, slot);
    taken.add(slot);
  }
  let free = 0;
  for (const row of drawn) {
    if (next.has(row)) continue;
    while (taken.has(free)) free++;
    next.set(row, free++);
  }
  return next;
}
