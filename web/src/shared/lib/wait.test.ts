import { expect, test } from "vitest";
import { formatWait } from "./wait";

test.each([
  [1, "1 second"],
  [31, "31 seconds"],
  [90, "90 seconds"],
  [91, "2 minutes"],
  [600, "10 minutes"],
])("%d seconds are %s", (seconds, words) => {
  expect(formatWait(seconds)).toBe(words);
});
