import { expect, test } from "vitest";
import { percent, type Sample, sampled, secondsLeft, speedOf } from "./meter";

function over(...looks: [at: number, bytes: number][]): Sample[] {
  return looks.reduce<Sample[]>((samples, [at, bytes]) => sampled(samples, { at, bytes }), []);
}

test("speed is that of the last seconds, not of the whole upload", () => {
  const slow: [number, number][] = Array.from({ length: 60 }, (_, s) => [s * 1000, s * 1_000]);
  const quick: [number, number][] = Array.from({ length: 10 }, (_, s) => [(60 + s) * 1000, 60_000 + s * 50_000]);
  expect(speedOf(over(...slow))).toBe(1_000);
  expect(speedOf(over(...slow, ...quick))).toBe(50_000);
});

test("no speed is told of a moment, and none of nothing", () => {
  expect(speedOf([])).toBeUndefined();
  expect(speedOf(over([0, 0]))).toBeUndefined();
  expect(speedOf(over([0, 0], [100, 5_000]))).toBeUndefined();
  expect(speedOf(over([0, 0], [1_000, 5_000]))).toBe(5_000);
});

test("a standing line has speed nought and no time left", () => {
  const standing = over([0, 10], [2_000, 10]);
  expect(speedOf(standing)).toBe(0);
  expect(secondsLeft(90, speedOf(standing))).toBeUndefined();
});

test("an upload that begins anew is measured anew", () => {
  expect(speedOf(over([0, 0], [1_000, 9_000], [2_000, 0], [3_000, 1_000]))).toBe(1_000);
});

test("the time left is rounded up, the part that has gone down", () => {
  expect(secondsLeft(1_001, 1_000)).toBe(2);
  expect(percent(999, 1_000)).toBe(99);
  expect(percent(1_000, 1_000)).toBe(100);
  expect(percent(0, 0)).toBe(0);
});
