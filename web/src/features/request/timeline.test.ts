import { expect, test } from "vitest";
import { fromLocalInput, momentsOf, placeOf, toLocalInput } from "./timeline";

test("moments are in order and each once", () => {
  const [a, b] = ["2026-11-23T10:00:00Z", "2026-11-23T09:59:59.5Z"];
  expect(momentsOf([{ at: a }, { at: a }, { at: b }])).toEqual([b, a]);
  expect([placeOf([b, a], "2026-11-23T09:00:00Z"), placeOf([b, a], b), placeOf([b, a], "2026-11-23T09:59:59.9Z"), placeOf([b, a], "2027-01-01T00:00:00Z")]).toEqual([-1, 0, 0, 1]);
});

test("a minute is looked at from its end", () => {
  const at = fromLocalInput("2026-11-23T10:15");
  expect(new Date(at ?? "").getTime() - new Date("2026-11-23T10:15:00").getTime()).toBe(59_999);
  expect(toLocalInput(at ?? "")).toBe("2026-11-23T10:15");
  expect(fromLocalInput("")).toBeUndefined();
});
