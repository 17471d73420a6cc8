import { expect, test } from "vitest";
import { linePath, placesOf } from "./linePath";

test("a line begins at the left, ends at the right, and stands on nought", () => {
  expect(linePath([0, 5, 10], 20, 10)).toBe("M0 10L10 5L20 0");
  expect(linePath([3], 20, 10)).toBe("M20 0");
  expect(linePath([0, 0], 20, 10)).toBe("M0 10L20 10");
  expect(placesOf([5], 20, 10, 10)).toEqual([{ x: 20, y: 5 }]);
});
