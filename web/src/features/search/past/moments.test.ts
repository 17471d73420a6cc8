import { expect, test } from "vitest";
import { localMinute, parseLocalMinute, yesterday } from "./moments";

test("a moment survives the field that shows it", () => {
  const at = new Date(2026, 2, 9, 4, 5).getTime();
  expect(localMinute(at)).toBe("2026-03-09T04:05");
  expect(parseLocalMinute("2026-03-09T04:05")).toBe(at);
});

test("what is still being typed is no moment", () => {
  expect(parseLocalMinute("")).toBeUndefined();
  expect(parseLocalMinute("0002-03-09T04:05")).toBeUndefined();
});

test("yesterday is the same minute", () => {
  expect(yesterday(Date.parse("2026-11-24T14:03:27.123Z"))).toBe("2026-11-23T14:03:00.000Z");
});
