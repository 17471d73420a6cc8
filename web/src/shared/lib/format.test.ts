import { expect, test } from "vitest";
import { dayIn } from "./format";

test("the day of an instant is that of the zone", () => {
  expect(dayIn("UTC", "2026-11-23T23:30:00Z")).toBe("2026-11-23");
  expect(dayIn("Asia/Tokyo", "2026-11-23T23:30:00Z")).toBe("2026-11-24");
  expect(dayIn("America/Los_Angeles", "2026-11-24T03:00:00Z")).toBe("2026-11-23");
});
