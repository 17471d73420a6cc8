import { expect, test } from "vitest";
import { ApiProblem, faultBeside, faultOf, sentence } from "./problem";

function problem(detail: string, field?: string): ApiProblem {
  return new ApiProblem({ type: "about:blank", title: "", status: 400, detail, code: "invalid", ...(field === undefined ? {} : { field }) });
}

test.each([
  ["this is not the present password", "This is not the present password."],
  ["Sign in, or send an API token.", "Sign in, or send an API token."],
  ["due_date is a date", "due_date is a date."],
  ["name, address: both are needed", "Name, address: both are needed."],
])("a detail becomes a sentence: %s", (detail, said) => {
  expect(sentence(problem(detail))).toBe(said);
});

test("a fault is shown at its field, or beside the form", () => {
  const wrong = problem("this is no address", "email");
  expect(faultOf(wrong, "email")).toBe("This is no address.");
  expect(faultOf(wrong, "name")).toBeUndefined();
  expect(faultBeside(wrong, ["name", "email"])).toBeUndefined();
  expect(faultBeside(wrong, ["name"])).toBe("This is no address.");
  expect(faultBeside(null, ["name"])).toBeUndefined();
  expect(faultBeside(new TypeError("fetch failed"), ["name"])).toBe("The server cannot be reached.");
});
