import { expect, test } from "vitest";
import { capsOf, type Key, keys, places } from "./keys";

test("every key is listed where it works, and no place has one twice", () => {
  const listed = new Set(places.flatMap((p) => p.keys));
  expect([...listed].sort()).toEqual(Object.keys(keys).sort());
  for (const { place, keys: here } of places) {
    const pressed = here.map((key) => keys[key]);
    expect(new Set(pressed).size, place).toBe(pressed.length);
  }
});

test("keys are written as they stand on a keyboard", () => {
  const caps = (key: Key) => capsOf(key).join(" ");
  expect([caps("palette"), caps("shortcuts"), caps("search"), caps("next"), caps("unselect"), caps("last")]).toEqual(["Ctrl K", "?", "/", "J", "Esc", "End"]);
});
