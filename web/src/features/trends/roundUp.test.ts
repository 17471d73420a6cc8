import { expect, test, vi } from "vitest";

vi.mock("./messages/t", () => ({ t: (key: string) => key }));
const { roundUp } = await import("./TrendChart");

test("scales end with a round number", () => {
  expect([0, 1, 2, 3, 11, 20, 21, 99, 100, 4_321].map(roundUp)).toEqual([1, 1, 2, 5, 20, 20, 50, 100, 100, 5_000]);
});
