import createClient from "openapi-fetch";
import { language } from "@/shared/i18n/language";
import type { components, paths } from "./schema";

export type Schemas = components["schemas"];

// Lists that the API reads as one comma-separated parameter; all others repeat.
const joined = new Set(["group", "sort", "columns"]);

type QueryValue = string | number | boolean | string[] | undefined | null;

/** Writes a query string the way the API reads it; what is undefined is left out. */
export function toQueryString(query: Record<string, QueryValue>): string {
  const out = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === null) continue;
    if (!Array.isArray(value)) out.append(name, String(value));
    else if (joined.has(name)) {
      if (value.length > 0) out.append(name, value.join(","));
    } else for (const one of value) out.append(name, one);
  }
  return out.toString();
}

/** A client of the API whose answers are told in the page's language. */
export const client = createClient<paths>({
  baseUrl: window.location.origin,
  credentials: "same-origin",
  headers: { "Accept-Language": language },
  querySerializer: (query) => toQueryString(query as Record<string, QueryValue>),
});
