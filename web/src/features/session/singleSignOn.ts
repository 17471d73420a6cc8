import type { Schemas } from "@/shared/api/client";
import { t } from "./messages/t";

/** The query parameter by which a sign-on that let nobody in comes back. */
const problemParameter = "sign_in_problem";

const problems: Record<Schemas["SignInProblem"], true> = { denied: true, attempt: true, unavailable: true, throttled: true, provider: true, role: true, organisation: true, email: true, linked: true, account: true };

/** What went wrong with single sign-on, as the query of the page's URL says it. */
export function problemOfReturn(search: string): string | undefined {
  const problem = new URLSearchParams(search).get(problemParameter);
  if (problem === null) return undefined;
  return t(isProblem(problem) ? `single.${problem}` : "single.other");
}

function isProblem(text: string): text is Schemas["SignInProblem"] {
  return Object.hasOwn(problems, text);
}

/** A page's path and query without the problem that it was reached by. */
export function withoutProblem(page: string): string {
  const [path = "/", search = ""] = page.split("?");
  const parameters = new URLSearchParams(search);
  if (!parameters.has(problemParameter)) return page;
  parameters.delete(problemParameter);
  const rest = parameters.toString();
  return rest === "" ? path : `${path}?${rest}`;
}

/** Where single sign-on begins, for a page of ours to come back to. */
export function singleSignOnPath(page: string): string {
  return "/api/v1/session/oidc?" + new URLSearchParams({ return: withoutProblem(page) }).toString();
}
