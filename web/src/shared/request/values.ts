import type { Schemas } from "@/shared/api/client";

type Request = Schemas["SourceRequest"];

/** The fields of a request as a form holds them: partners by id, or by name where somebody does not know all of them. */
export interface Values {
  request_id: string;
  title: string;
  movie_type: string;
  is_original: string; // Yes or No
  movie_id: string;
  package_id: string;
  content_partner: string;
  source_type: string;
  service_type: string;
  language: string;
  countries: string[];
  fulfillment_partner: string;
  sub_assignee: string;
  due_date: string;
  estimated_delivery_date: string;
  material_status: string;
}

export type Name = keyof Values;

export const empty: Values = {
  request_id: "",
  title: "",
  movie_type: "",
  is_original: "",
  movie_id: "",
  package_id: "",
  content_partner: "",
  source_type: "",
  service_type: "Unknown",
  language: "",
  countries: [],
  fulfillment_partner: "",
  sub_assignee: "",
  due_date: "",
  estimated_delivery_date: "",
  material_status: "Not Received",
};

/** A request that is there, to be edited or to be replaced by one like it. */
export function valuesOf(request: Request, byName = false): Values {
  const partner = (p: Request["fulfillment_partner"]) => (byName ? p?.name : p?.id) ?? "";
  return {
    request_id: request.request_id,
    title: request.title,
    movie_type: request.movie_type,
    is_original: request.is_original ? "Yes" : "No",
    movie_id: request.movie_id,
    package_id: request.package_id,
    content_partner: partner(request.content_partner),
    source_type: request.source_type,
    service_type: request.service_type,
    language: request.language,
    countries: request.countries,
    fulfillment_partner: partner(request.fulfillment_partner),
    sub_assignee: partner(request.sub_assignee),
    due_date: request.due_date,
    estimated_delivery_date: request.estimated_delivery_date_moved ? request.estimated_delivery_date : "",
    material_status: request.material_status,
  };
}

const mayBeEmpty: readonly Name[] = ["request_id", "fulfillment_partner", "sub_assignee", "estimated_delivery_date"];

/** Which of the fields have to be there and are not. */
export function missing(values: Values, names: readonly Name[]): Name[] {
  return names.filter((name) => !mayBeEmpty.includes(name) && (name === "countries" ? values.countries.length === 0 : values[name].trim() === ""));
}

function bodyValue(name: Name, value: string | string[]): unknown {
  if (Array.isArray(value)) return value;
  if (name === "is_original") return value === "Yes";
  return value.trim() === "" ? null : value.trim();
}

/** The body that opens a request; what may be left out and is empty, is. */
export function openBody(values: Values): Schemas["OpenRequest"] {
  const { sub_assignee: _, ...fields } = values;
  const entries = Object.entries(fields).filter(([name, value]) => !(mayBeEmpty.includes(name as Name) && value === ""));
  return Object.fromEntries(entries.map(([name, value]) => [name, bodyValue(name as Name, value as string)])) as Schemas["OpenRequest"];
}

/** The body of an edit: what was changed; a partner who was taken out is null. */
export function editBody(before: Values, after: Values, names: readonly Name[]): Schemas["EditRequest"] {
  const changed = names.filter((name) => String(before[name]) !== String(after[name]));
  return Object.fromEntries(changed.map((name) => [name, bodyValue(name, after[name])])) as Schemas["EditRequest"];
}
