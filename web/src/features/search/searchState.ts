/** One way in which a search is narrowed: any of the values, or none of them. */
export interface Modifier {
  name: string;
  exclude: boolean;
  values: string[]; // "" is no value
}

export interface SortKey {
  column: string;
  descending: boolean;
}

/** What is open below a row of numbers: a bucket of it, or all that is matched. */
export interface Opened {
  bucket: string; // a bucket's key, or "all"
  group: Record<string, string>; // of which group: "" is no value; {} for the row of everything
}

/** All that the page's URL holds. */
export interface SearchState {
  modifiers: Modifier[];
  groups: string[];
  groupsSort: string; // "" is by key
  groupsQ: string; // only groups with this text in one of their keys
  opened: Opened | undefined;
  sort: SortKey[];
  calendar: string | undefined; // days by their due dates, in place of the list: the bucket that they count, or "all"
  now: string | undefined; // another clock than the server's, RFC 3339
  asOf: string | undefined; // the moment of the past that is shown, RFC 3339
}

export const emptySearch: SearchState = { modifiers: [], groups: [], groupsSort: "", groupsQ: "", opened: undefined, sort: [], calendar: undefined, now: undefined, asOf: undefined };

const groupPrefix = "group.";

/** Reads a query string; whatever it does not know it takes for a modifier, and the server will name it. */
export function parseSearch(query: string): SearchState {
  const state: SearchState = { ...emptySearch, modifiers: [] };
  const group: Record<string, string> = {};
  let bucket: string | undefined;
  for (const [name, value] of new URLSearchParams(query)) {
    if (name === "group") state.groups = split(value);
    else if (name === "groups_sort") state.groupsSort = value;
    else if (name === "groups_q") state.groupsQ = value;
    else if (name === "bucket") bucket = value;
    else if (name === "sort") state.sort = split(value).map(parseSortKey);
    else if (name === "calendar") state.calendar = value;
    else if (name === "now") state.now = value;
    else if (name === "as_of") state.asOf = value;
    else if (name.startsWith(groupPrefix)) group[name.slice(groupPrefix.length)] = value;
    else {
      const exclude = name.startsWith("-");
      state.modifiers = withValue(state.modifiers, exclude ? name.slice(1) : name, exclude, value);
    }
  }
  if (bucket !== undefined) state.opened = { bucket, group };
  return state;
}

/** The inverse of parseSearch, readable in an address bar. */
export function formatSearch(state: SearchState): string {
  const out = modifierParams(state.modifiers);
  if (state.groups.length > 0) out.append("group", state.groups.join(","));
  if (state.groupsSort !== "") out.append("groups_sort", state.groupsSort);
  if (state.groupsQ !== "") out.append("groups_q", state.groupsQ);
  if (state.opened !== undefined) {
    out.append("bucket", state.opened.bucket);
    for (const [name, value] of Object.entries(state.opened.group)) out.append(groupPrefix + name, value);
  }
  if (state.sort.length > 0) out.append("sort", formatSort(state.sort).join(","));
  if (state.calendar !== undefined) out.append("calendar", state.calendar);
  if (state.now !== undefined) out.append("now", state.now);
  if (state.asOf !== undefined) out.append("as_of", state.asOf);
  return out.toString().replaceAll("%2C", ",").replaceAll("%3A", ":");
}

function modifierParams(modifiers: Modifier[]): URLSearchParams {
  const out = new URLSearchParams();
  for (const m of modifiers) for (const v of m.values) out.append((m.exclude ? "-" : "") + m.name, v);
  return out;
}

/** The query of /requests, as bulk changes and exports take it: the modifiers, and what is open of them. */
export function selectionQuery(modifiers: Modifier[], opened: Opened | undefined): string {
  const out = modifierParams(modifiers);
  if (opened !== undefined && opened.bucket !== "all") out.append("bucket", opened.bucket);
  for (const [name, value] of Object.entries(opened?.group ?? {})) out.append(groupPrefix + name, value);
  return out.toString();
}

/** Whether two lists of modifiers are the same search, written the same way. */
export function sameModifiers(a: Modifier[], b: Modifier[]): boolean {
  return modifierParams(a).toString() === modifierParams(b).toString();
}

/** The modifiers as the API's query parameters. */
export function modifierQuery(modifiers: Modifier[]): Record<string, string[]> {
  const out: Record<string, string[]> = {};
  for (const m of modifiers) {
    const name = (m.exclude ? "-" : "") + m.name;
    out[name] = [...(out[name] ?? []), ...m.values];
  }
  return out;
}

/** The modifiers with one more value: an existing pill of that name takes it. */
export function withValue(modifiers: Modifier[], name: string, exclude: boolean, value: string): Modifier[] {
  const at = modifiers.findIndex((m) => m.name === name && m.exclude === exclude);
  if (at < 0) return [...modifiers, { name, exclude, values: [value] }];
  return modifiers.map((m, i) => (i === at && !m.values.includes(value) ? { ...m, values: [...m.values, value] } : m));
}

/** The search narrowed to one due date: the day lies in whatever was asked for before. */
export function onDay(modifiers: Modifier[], day: string): Modifier[] {
  return [...modifiers.filter((m) => m.name !== "due_date" || m.exclude), { name: "due_date", exclude: false, values: [day] }];
}

/** The modifiers without a value; a pill without values goes. */
export function withoutValue(modifiers: Modifier[], name: string, exclude: boolean, value: string): Modifier[] {
  return modifiers
    .map((m) => (m.name === name && m.exclude === exclude ? { ...m, values: m.values.filter((v) => v !== value) } : m))
    .filter((m) => m.values.length > 0);
}

export function formatSort(sort: SortKey[]): string[] {
  return sort.map((s) => (s.descending ? "-" : "") + s.column);
}

function parseSortKey(text: string): SortKey {
  return text.startsWith("-") ? { column: text.slice(1), descending: true } : { column: text, descending: false };
}

/** What a click on a column's header leads to: up, down, as before; with more, beside the other columns. */
export function nextSort(sort: SortKey[], column: string, more: boolean): SortKey[] {
  const present = sort.find((s) => s.column === column);
  const rest = more ? sort.filter((s) => s.column !== column) : [];
  if (present === undefined) return [...rest, { column, descending: false }];
  if (present.descending) return rest;
  const turned = { column, descending: true };
  return more ? sort.map((s) => (s.column === column ? turned : s)) : [turned];
}

/** What a click on a bucket's header leads to for the order of groups: most first, fewest first, by key. */
export function nextGroupsSort(present: string, by: string): string {
  if (present === "-" + by) return by;
  return present === by ? "" : "-" + by;
}

/** By other groupings: nothing is open in them yet, and without any there is nothing to sort or to find among. */
export function regrouped(groups: string[]): Partial<SearchState> {
  return { groups, opened: undefined, ...(groups.length === 0 ? { groupsSort: "", groupsQ: "" } : {}) };
}

export function sameOpened(a: Opened | undefined, b: Opened | undefined): boolean {
  return a !== undefined && b !== undefined && a.bucket === b.bucket && sameGroup(a.group, b.group);
}

export function sameGroup(a: Record<string, string>, b: Record<string, string>): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((n) => a[n] === b[n]);
}

function split(list: string): string[] {
  return list.split(",").filter((s) => s !== "");
}
