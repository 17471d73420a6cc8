/** What of the log is searched: the query of the page's URL, which is that of the API. */
export interface AuditFilter {
  title: string;
  request_id: string;
  partner: string; // name or id of an organisation on the request
  kind: string[];
  actor: string; // account id
  organisation: string; // name or id, of the actor
  from: string; // YYYY-MM-DD
  until: string;
  others: [name: string, value: string][]; // what the page has no field for, such as a search's modifiers
}

const single = ["title", "request_id", "partner", "actor", "organisation", "from", "until"] as const;
type Single = (typeof single)[number];

const day = /^\d{4}-\d{2}-\d{2}$/;

export const everything: AuditFilter = { title: "", request_id: "", partner: "", kind: [], actor: "", organisation: "", from: "", until: "", others: [] };

export function parseFilter(query: string): AuditFilter {
  const filter: AuditFilter = { ...everything, others: [] };
  for (const [name, value] of new URLSearchParams(query)) {
    if (name === "kind") filter.kind = [...filter.kind, ...value.split(",").filter((kind) => kind !== "")];
    else if (hasField(name, value) && filter[name] === "") filter[name] = value;
    else filter.others.push([name, value]);
  }
  return filter;
}

// The fields for days cannot show an instant, and none shows a second value.
function hasField(name: string, value: string): name is Single {
  if (name === "from" || name === "until") return day.test(value);
  return value !== "" && (single as readonly string[]).includes(name);
}

export function formatFilter(filter: AuditFilter): string {
  const out = new URLSearchParams();
  for (const name of single) if (filter[name] !== "") out.append(name, filter[name]);
  if (filter.kind.length > 0) out.append("kind", filter.kind.join(","));
  for (const [name, value] of filter.others) out.append(name, value);
  return out.toString().replaceAll("%2C", ",").replaceAll("%3A", ":");
}

/** The filter as the API's query parameters; those that are given twice repeat. */
export function apiQuery(filter: AuditFilter): Record<string, string | string[]> {
  const out: Record<string, string | string[]> = {};
  for (const [name, value] of new URLSearchParams(formatFilter(filter))) {
    const before = out[name];
    out[name] = before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value];
  }
  return out;
}
