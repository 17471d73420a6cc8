import type { Schemas } from "@/shared/api/client";
import type { Session } from "@/shared/api/session";

export type Role = Schemas["AccountRole"];

/** The roles, the streaming service's own people first. */
export const roles: Role[] = ["operator", "quality_control", "auditor", "content_partner", "fulfillment_partner"];

/** Whether somebody keeps accounts other than their own. */
export function keepsAccounts(session: Session): boolean {
  return session.role === "operator" || session.administrator;
}

/** Whether a role is that of an organisation's people; its kind has the same name. */
export function isPartner(role: Role): role is "content_partner" | "fulfillment_partner" {
  return role === "content_partner" || role === "fulfillment_partner";
}

/** What a form says of an account's person and rights. */
export interface Entry {
  name: string;
  email: string;
  role: Role;
  organisation: string | null; // id
  administrator: boolean;
}

/** The entry as it can be: only a partner's people have an organisation, and may keep its accounts. */
export function fitting(entry: Entry): Entry {
  const trimmed = { ...entry, name: entry.name.trim(), email: entry.email.trim() };
  return isPartner(entry.role) ? trimmed : { ...trimmed, organisation: null, administrator: false };
}

/** What an entry changes of an account, undefined for nothing. */
export function editOf(account: Schemas["Account"], given: Entry): Schemas["AccountEdit"] | undefined {
  const entry = fitting(given);
  const edit: Schemas["AccountEdit"] = {};
  if (entry.name !== account.name) edit.name = entry.name;
  if (entry.email !== (account.email ?? "")) edit.email = entry.email;
  if (entry.role !== account.role) edit.role = entry.role;
  if (entry.organisation !== (account.organisation?.id ?? null)) edit.organisation = entry.organisation;
  if (entry.administrator !== account.administrator) edit.administrator = entry.administrator;
  return Object.keys(edit).length === 0 ? undefined : edit;
}

/** Whether nothing is missing in an entry. */
export function isWhole(given: Entry): boolean {
  const entry = fitting(given);
  return entry.name !== "" && entry.email !== "" && (!isPartner(entry.role) || entry.organisation !== null);
}
