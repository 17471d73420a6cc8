import { expect, test } from "vitest";
import { secretIn } from "./secret";

test("the secret is what follows the hash sign, if anything does", () => {
  expect(secretIn("#bli_abc-_123")).toBe("bli_abc-_123");
  expect(secretIn("#")).toBeUndefined();
  expect(secretIn("")).toBeUndefined();
});
