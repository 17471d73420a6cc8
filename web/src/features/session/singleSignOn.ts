import type { Schemas } from "@/shared/api/client";

/** The query parameter by which a sign-on that let nobody in comes back. */
const problemParameter = "sign_in_problem";

const ask = "Ask an operator or your administrator.";

const sentences: Record<Schemas["SignInProblem"], string> = {
  denied: "You were not let in there, or said no. Try again, or sign in with your password.",
  attempt: "The sign-on took too long, was finished already, or began in another browser. Try again.",
  unavailable: "The single sign-on cannot be reached at the moment. Try again in a minute, or sign in with your password.",
  throttled: "There were too many attempts. Wait a minute and try again.",
  provider: "The single sign-on gave an answer that this portal cannot take. Try again; if it stays, ask an operator.",
  role: `You are known there, but it gives you no role in this portal. ${ask}`,
  organisation: `You are known there, but it does not say which organisation's people you belong to here. ${ask}`,
  email: `An account here has your e-mail address, and the single sign-on does not vouch that the address is yours. ${ask}`,
  linked: `The account here with your e-mail address belongs to somebody else there. ${ask}`,
  account: `Your account here is deactivated. ${ask}`,
};
const known = new Map<string, string>(Object.entries(sentences));

/** What went wrong with single sign-on, as the query of the page's URL says it. */
export function problemOfReturn(search: string): string | undefined {
  const problem = new URLSearchParams(search).get(problemParameter);
  return problem === null ? undefined : (known.get(problem) ?? "The single sign-on did not work. Try again, or ask an operator.");
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
