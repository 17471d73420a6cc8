import { expect, test } from "vitest";
import { beginningOf, frameAt, framesPerDay, middleOf, nearestFrame, type Rate, rateOf, rates, readTimecode, timecodeAt } from "./timecode";

const known: [Rate, number, string][] = [
  ["24", 0, "00:00:00:00"],
  ["23.976", 24 * 3600, "01:00:00:00"],
  ["25", 1_874, "00:01:14:24"],
  ["29.97", 1_800, "00:01:00:00"],
  ["29.97 DF", 1_799, "00:00:59;29"],
  ["29.97 DF", 1_800, "00:01:00;02"],
  ["29.97 DF", 17_981, "00:09:59;29"],
  ["29.97 DF", 17_982, "00:10:00;00"],
  ["29.97 DF", 107_892, "01:00:00;00"],
  ["29.97 DF", 2_589_407, "23:59:59;29"],
  ["59.94 DF", 3_600, "00:01:00;04"],
  ["59.94 DF", 35_964, "00:10:00;00"],
  ["60", 5_183_999, "23:59:59:59"],
];

test("known frames have known timecodes, and back", () => {
  for (const [rate, frame, text] of known) {
    expect(timecodeAt(rate, frame), `${rate} ${frame}`).toBe(text);
    expect(readTimecode(rate, text)).toEqual({ frame, text });
  }
  expect(framesPerDay("29.97 DF")).toBe(2_589_408);
  expect(timecodeAt("29.97 DF", 2_589_408)).toBe("00:00:00;00");
  expect(timecodeAt("24", -1)).toBe("23:59:59:23");
  expect(rates).toHaveLength(11);
});

/** Counts as a clock does, and skips what drop-frame leaves out. */
function* counted(nominal: number, dropped: number): Generator<string> {
  const two = (n: number) => String(n).padStart(2, "0");
  for (let h = 0; h < 24; h++)
    for (let m = 0; m < 60; m++)
      for (let s = 0; s < 60; s++)
        for (let f = s === 0 && m % 10 !== 0 ? dropped : 0; f < nominal; f++) yield `${two(h)}:${two(m)}:${two(s)}${dropped > 0 ? ";" : ":"}${two(f)}`;
}

test("every frame of a day has the timecode that counting leads to, and back; times lead to their frames", () => {
  for (const [rate, nominal, dropped] of [
    ["29.97 DF", 30, 2],
    ["59.94 DF", 60, 4],
    ["23.976", 24, 0],
  ] as const) {
    let frame = 0;
    let wrong = 0;
    for (const text of counted(nominal, dropped)) {
      // Reading all is slow: every 97th, and the first twenty minutes whole.
      if (frame < 40_000 || frame % 97 === 0) {
        const read = readTimecode(rate, text);
        if (timecodeAt(rate, frame) !== text || !("frame" in read) || read.frame !== frame) wrong++;
        // As a browser tells them: whole microseconds.
        if (frameAt(rate, middleOf(rate, frame)) !== frame || frameAt(rate, Math.floor(beginningOf(rate, frame) * 1e6) / 1e6) !== frame) wrong++;
      }
      frame++;
    }
    expect([rate, frame, wrong]).toEqual([rate, framesPerDay(rate), 0]);
  }
}, 30_000);

test("what is typed is read as the server reads it", () => {
  expect(readTimecode("24", "410")).toEqual({ frame: 106, text: "00:00:04:10" });
  expect(readTimecode("29.97 DF", "10002")).toEqual({ frame: 1800, text: "00:01:00;02" });
  for (const [rate, text, fault] of [
    ["24", "00:00:04:24", "frame"],
    ["24", "00:00:04;10", "drop"],
    ["29.97 DF", "00:00:04:10", "nonDrop"],
    ["29.97 DF", "00:01:00;01", "dropped"],
    ["59.94 DF", "00:01:00;03", "dropped"],
    ["24", "24:00:00:00", "clock"],
    ["24", "00:60:00:00", "clock"],
    ["24", "4:10", "form"],
    ["24", "", "form"],
    ["24", "123456789", "form"],
  ] as const)
    expect(readTimecode(rate, text), `${rate} ${text}`).toEqual({ fault });
});

test("times that a container rounds lead to their frames", () => {
  // Matroska counts in milliseconds.
  for (let frame = 0; frame < 5000; frame++) expect(nearestFrame("59.94", Math.floor(beginningOf("59.94", frame) * 1000) / 1000)).toBe(frame);
});

test("the rate of pictures is known by how long they last", () => {
  expect(rateOf(1001 / 24_000)).toBe("23.976");
  expect(rateOf(1 / 24)).toBe("24");
  expect(rateOf(1 / 25)).toBe("25");
  expect(rateOf(1001 / 60_000)).toBe("59.94");
  expect(rateOf(1 / 12)).toBeUndefined();
});
