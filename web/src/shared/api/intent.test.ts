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

test("a command without a body has a key, and another one once it is done", () => {
  const intent = new Intent();
  const key = intent.keyFor(undefined);
  expect(key).toMatch(/^[0-9a-f-]{36}$/);
  expect(intent.keyFor(undefined)).toBe(key);
  intent.settle();
  expect(intent.keyFor(undefined)).not.toBe(key);
});
