import { expect, test } from "vitest";
import { stopBy } from "./walk";

// Two lanes with marks, and one without.
const places = [[-1, 10, 50, 90], [-1, 45], [-1]];

test("arrows go along a lane and stop at its ends", () => {
  expect(stopBy("ArrowRight", { lane: 0, stop: 0 }, places)).toEqual({ lane: 0, stop: 1 });
  expect(stopBy("ArrowRight", { lane: 0, stop: 3 }, places)).toEqual({ lane: 0, stop: 3 });
  expect(stopBy("ArrowLeft", { lane: 0, stop: 0 }, places)).toEqual({ lane: 0, stop: 0 });
  expect(stopBy("End", { lane: 0, stop: 0 }, places)).toEqual({ lane: 0, stop: 3 });
  expect(stopBy("Home", { lane: 0, stop: 3 }, places)).toEqual({ lane: 0, stop: 0 });
});

test("up and down go to what is nearest in time, and from name to name", () => {
  expect(stopBy("ArrowUp", { lane: 1, stop: 1 }, places)).toEqual({ lane: 0, stop: 2 });
  expect(stopBy("ArrowDown", { lane: 0, stop: 3 }, places)).toEqual({ lane: 1, stop: 1 });
  expect(stopBy("ArrowDown", { lane: 1, stop: 1 }, places)).toEqual({ lane: 2, stop: 0 });
  expect(stopBy("ArrowDown", { lane: 0, stop: 0 }, places)).toEqual({ lane: 1, stop: 0 });
  expect(stopBy("PageDown", { lane: 0, stop: 0 }, places)).toEqual({ lane: 2, stop: 0 });
});

test("other keys lead nowhere", () => {
  expect(stopBy("x", { lane: 0, stop: 0 }, places)).toBeUndefined();
});
