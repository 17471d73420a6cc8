import { expect, test } from "vitest";
import { Intent } from "./intent";

test("a retry has the same key, another body or a settled intent a new one", () => {
  const intent = new Intent();
  const first = intent.keyFor({ text: "hello" });
  expect(intent.keyFor({ text: "hello" })).toBe(first);
  const second = intent.keyFor({ text: "hello!" });
  expect(second).not.toBe(first);
  intent.settle();
  expect(intent.keyFor({ text: "hello!" })).not.toBe(second);
});
