import { expect, test } from "vitest";
import { isTimedText, readCues } from "./cues";

test("SubRip and WebVTT are read, styles left out", () => {
  const srt = "\uFEFF1\r\n00:00:01,000 --> 00:00:03,500\r\n<i>Hello</i>\r\nyou\r\n\r\n2\r\n01:00:00,040 --> 01:00:02,000\r\n{\\an8}Up\r\n";
  expect(readCues(srt)).toEqual([
    { from: 1, to: 3.5, text: "Hello\nyou" },
    { from: 3600.04, to: 3602, text: "Up" },
  ]);
  const vtt = "WEBVTT - a title\n\nNOTE nothing\n\nintro\n00:01.000 --> 00:02.000 align:start\n<v Ann>Hi\n\n00:05.000 --> nonsense\nno";
  expect(readCues(vtt)).toEqual([{ from: 1, to: 2, text: "Hi" }]);
  expect(readCues("nothing of the kind")).toEqual([]);
});

test("timed text is known by its name", () => {
  expect(["a.SRT", "b.vtt", "c.ttml", "d.mp4", "e.srt.zip"].map(isTimedText)).toEqual([true, true, true, false, false]);
});
