import { language } from "@/shared/i18n/language";
import { t } from "@/shared/i18n/t";
import type { Schemas } from "./client";

/** What the server answers when it does not do what it was asked. */
export class ApiProblem extends Error {
  readonly problem: Schemas["Problem"];
  /** Seconds after which the server asks to be tried again. */
  readonly retryAfter: number | undefined;

  constructor(problem: Schemas["Problem"], retryAfter?: number) {
    super(problem.detail);
    this.name = "ApiProblem";
    this.problem = problem;
    this.retryAfter = retryAfter;
  }

  /** Whether the same question may be answered a little later. */
  get passes(): boolean {
    return this.problem.status === 503 || this.problem.status === 504;
  }
}

interface Result<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The answer's data; an answer that is a problem is thrown as an ApiProblem. */
export async function answer<T>(result: Promise<Result<T>>): Promise<T> {
  const { data, error, response } = await result;
  if (response.ok) return data as T;
  const retryAfter = Number(response.headers.get("Retry-After")) || undefined;
  throw new ApiProblem(asProblem(error, response), retryAfter);
}

// A proxy in between may answer with something that is no problem document.
function asProblem(error: unknown, response: Response): Schemas["Problem"] {
  if (typeof error === "object" && error !== null && "detail" in error && "code" in error) {
    return error as Schemas["Problem"];
  }
  return {
    type: "about:blank",
    title: response.statusText,
    status: response.status,
    detail: `The server answered ${response.status} ${response.statusText}.`.replace(" .", "."),
    code: response.status === 401 ? "unauthenticated" : "internal",
  };
}

/** A sentence for any failure. */
export function sentence(error: unknown): string {
  if (error instanceof ApiProblem) {
    const detail = asSentence(error.problem.detail);
    // Details are English; the title says in the page's language what kind of problem it is.
    return language === "en" || error.problem.title === "" ? detail : `${error.problem.title} (${detail})`;
  }
  if (error instanceof TypeError) return t("common.unreachable");
  return error instanceof Error ? error.message : String(error);
}

/** What the server says of one field of a form, if it says it of that field. */
export function faultOf(error: unknown, field: string): string | undefined {
  return error instanceof ApiProblem && error.problem.field === field ? sentence(error) : undefined;
}

/** What a failure says that is about none of a form's fields. */
export function faultBeside(error: unknown, fields: string[]): string | undefined {
  if (error === null || error === undefined) return undefined;
  return fields.some((field) => faultOf(error, field) !== undefined) ? undefined : sentence(error);
}

/** A detail as a sentence: it begins in lower case where Go wrote it; the name of a field stays as it is. */
export function asSentence(detail: string): string {
  const whole = /^[a-z]+[ ,:]/.test(detail) ? detail.charAt(0).toUpperCase() + detail.slice(1) : detail;
  return /[.!?…]$/.test(whole) ? whole : whole + ".";
}
