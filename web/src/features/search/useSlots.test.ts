import { expect, test } from "vitest";
import { assign } from "./useSlots";

test("a row keeps its element while it is drawn, and those that come take the elements of those that left", () => {
  const first = assign(new Map(), [0, 1, 2, 3]);
  expect([...first]).toEqual([
    [0, 0],
    [1, 1],
    [2, 2],
    [3, 3],
  ]);
  const next = assign(first, [2, 3, 4, 5]);
  expect(next.get(2)).toBe(2);
  expect(next.get(3)).toBe(3);
  expect([next.get(4), next.get(5)]).toEqual([0, 1]);
});

test("however far one scrolls, there are no more elements than rows were drawn at once, each for one row", () => {
  let slots = new Map<number, number>();
  for (let top = 0; top < 10_000; top += 7) {
    const drawn = [3, ...Array.from({ length: 30 + (top % 4) }, (_, i) => 10 + top + i)]; // 3 has the focus
    slots = assign(slots, drawn);
    expect(slots.get(3)).toBe(0);
    expect(new Set(slots.values()).size).toBe(drawn.length);
    expect(Math.max(...slots.values())).toBeLessThan(34);
  }
});
