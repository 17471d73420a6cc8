import { expect, test } from "vitest";
import { problemOfReturn, singleSignOnPath, withoutProblem } from "./singleSignOn";

test("single sign-on comes back to the page that was asked for, without an old problem", () => {
  expect(singleSignOnPath("/requests?status=Open&group=language")).toBe("/api/v1/session/oidc?return=%2Frequests%3Fstatus%3DOpen%26group%3Dlanguage");
  expect(singleSignOnPath("/?sign_in_problem=role")).toBe("/api/v1/session/oidc?return=%2F");
});

test("a problem leaves the page's URL, and nothing else of it", () => {
  expect(withoutProblem("/?sign_in_problem=role")).toBe("/");
  expect(withoutProblem("/requests?status=Open&sign_in_problem=role")).toBe("/requests?status=Open");
  expect(withoutProblem("/requests?due_date=next+14+days&-language=Dutch")).toBe("/requests?due_date=next+14+days&-language=Dutch");
});

test("a problem of single sign-on is a sentence, also one that is not known", () => {
  expect(problemOfReturn("")).toBeUndefined();
  expect(problemOfReturn("?status=Open")).toBeUndefined();
  expect(problemOfReturn("?sign_in_problem=role")).toContain("no role in this portal");
  expect(problemOfReturn("?sign_in_problem=%3Cscript%3E")).toContain("did not work");
  expect(problemOfReturn("?sign_in_problem=constructor")).toContain("did not work");
});
