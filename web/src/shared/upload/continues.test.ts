import { expect, test } from "vitest";
import { continues } from "./continues";

const file = (size: number) => ({ size }) as File;

test("a file goes on where it was if it has the name and the size of one that has not arrived whole", () => {
  const unfinished = [
    { id: "1", name: "reel/one.wav", size: 10 },
    { id: "2", name: "other/one.wav", size: 10 },
    { id: "3", name: "two.wav", size: 20 },
  ];
  expect(continues({ name: "other/one.wav", file: file(10) }, unfinished)?.id).toBe("2");
  // Chosen without its folder it could be either.
  expect(continues({ name: "one.wav", file: file(10) }, unfinished)).toBeUndefined();
  expect(continues({ name: "folder/two.wav", file: file(20) }, unfinished)?.id).toBe("3");
  expect(continues({ name: "two.wav", file: file(21) }, unfinished)).toBeUndefined();
});
