import { expect, test } from "vitest";
import { secondsOf, timingOf } from "./ttml";

const timing = (parameters: Record<string, string> = {}) => timingOf((name) => parameters[name] ?? null);

test("media times are clock times, frames, ticks and offsets", () => {
  const film = timing({ frameRate: "24" });
  expect(secondsOf("00:00:10:12", film)).toBe(10.5);
  expect(secondsOf("00:01:00.250", film)).toBe(60.25);
  expect(secondsOf("36f", film)).toBe(1.5);
  expect(secondsOf("12t", film)).toBe(0.5); // a tick is a frame unless something else is said
  expect(secondsOf("20000000t", timing({ tickRate: "10000000" }))).toBe(2);
  expect(secondsOf("2t", timing())).toBe(2);
  expect(secondsOf("1500ms", film)).toBe(1.5);
  expect(secondsOf("24f", timing({ frameRate: "24", frameRateMultiplier: "1000 1001" }))).toBeCloseTo(1.001, 9);
  expect(secondsOf("soon", film)).toBeUndefined();
  expect(secondsOf(null, film)).toBeUndefined();
});

test("labels of frames become the time at which the frame is shown", () => {
  const ntsc = { timeBase: "smpte", frameRate: "30", frameRateMultiplier: "1000 1001" };
  expect(secondsOf("01:00:00:00", timing(ntsc))).toBeCloseTo(3603.6, 6);
  expect(secondsOf("01:00:00;00", timing({ ...ntsc, dropMode: "dropNTSC" }))).toBeCloseTo(3599.9964, 6);
  expect(secondsOf("00:01:00;02", timing({ ...ntsc, dropMode: "dropNTSC" }))).toBeCloseTo(60.06, 6); // the frame after 00:00:59;29
  expect(secondsOf("00:00:01:12", timing({ timeBase: "smpte", frameRate: "25" }))).toBeCloseTo(1.48, 9);
});
