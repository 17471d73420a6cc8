import type { Schemas } from "@/shared/api/client";
import en from "./messages/en.json";
import { t } from "./messages/t";

/** A kind of what happens to a request. */
export type Kind = Schemas["EventKind"];

/** All kinds, in the order of a request's life. */
export const kinds = Object.keys(en) as Kind[];

/** A kind in the page's language; one that this version does not know as the server has it. */
export function kindName(kind: string): string {
  return isKind(kind) ? t(kind) : kind;
}

export function isKind(kind: string): kind is Kind {
  return Object.hasOwn(en, kind);
}
