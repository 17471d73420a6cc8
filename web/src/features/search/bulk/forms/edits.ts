import type { Session } from "@/shared/api/session";

/** A field that can be set on many requests at once. */
export type Field =
  | { name: string; kind: "text" | "date" | "list" | "choice" } // a choice is of the modifier's values
  | { name: string; kind: "partner"; of: "content_partner" | "fulfillment_partner"; none: boolean }
  | { name: string; kind: "partnerName"; of: "fulfillment_partner" };

/** Says that nobody is to be there; no organisation has this id. */
export const nobody = " ";

/** The fields that a role may set, in the order in which they are asked for. */
export function editableBy(role: Session["role"]): Field[] {
  if (role === "fulfillment_partner") {
    return [
      { name: "service_type", kind: "choice" },
      { name: "sub_assignee", kind: "partnerName", of: "fulfillment_partner" },
    ];
  }
  if (role !== "operator") return [];
  return [
    { name: "due_date", kind: "date" },
    { name: "fulfillment_partner", kind: "partner", of: "fulfillment_partner", none: true },
    { name: "sub_assignee", kind: "partner", of: "fulfillment_partner", none: true },
    { name: "content_partner", kind: "partner", of: "content_partner", none: false },
    { name: "source_type", kind: "choice" },
    { name: "service_type", kind: "choice" },
    { name: "language", kind: "text" },
    { name: "countries", kind: "list" },
    { name: "title", kind: "text" },
    { name: "movie_type", kind: "choice" },
    { name: "is_original", kind: "choice" },
    { name: "movie_id", kind: "text" },
    { name: "package_id", kind: "text" },
  ];
}

/** The body of an edit: what was left empty stays as it is. */
export function bodyOf(values: Record<string, string>): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(values)) {
    if (value === nobody) body[name] = null;
    else if (value.trim() === "") continue;
    else if (name === "countries") body[name] = value.split(/[,;、|]/).map((one) => one.trim()).filter((one) => one !== "");
    else body[name] = name === "is_original" ? value === "Yes" : value.trim();
  }
  return body;
}
