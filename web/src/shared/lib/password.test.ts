import { expect, test } from "vitest";
import { passwordFault } from "./password";

test("a password is long enough in characters, whatever they are", () => {
  expect(passwordFault("a")).toBe("That is 1 character; a password has at least 12.");
  expect(passwordFault("elevenchars")).toContain("11 characters");
  expect(passwordFault("twelve chars")).toBeUndefined();
  expect(passwordFault("🎬".repeat(11))).toContain("11 characters");
  expect(passwordFault("🎬".repeat(12))).toBeUndefined();
  expect(passwordFault("x".repeat(201))).toContain("at most 200");
});
