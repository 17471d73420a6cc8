import { expect, test } from "vitest";
import { rateOf } from "./rate";

test("a rate is told once there is enough to tell it from", () => {
  expect(rateOf(undefined, { at: 0, done: 0, part: 0 })).toBeUndefined();
  expect(rateOf({ at: 0, done: 0, part: 0 }, { at: 100, done: 1000, part: 0.1 })).toBeUndefined();
  expect(rateOf({ at: 1000, done: 1000, part: 0.1 }, { at: 3000, done: 5000, part: 0.5 })).toEqual({ perSecond: 2000, secondsLeft: 3 });
});
