import { named } from "./t";

/** A fixed value of the domain, such as a status, in the page's language. */
export function valueName(value: string): string {
  return named("value", value, value);
}
