import type { Schemas } from "@/shared/api/client";
import { baseName } from "@/shared/upload/continues";
import type { Picked } from "@/shared/upload/picked";
import type { MaterialKind } from "./kinds";

export type Row = Schemas["Row"];

/** A file that is to be provided. */
export interface Entry extends Picked {
  key: number;
  kind: MaterialKind;
  to: ReadonlySet<string> | undefined; // the requests that it goes to; undefined for all that the dialog is about
  refusal: string | undefined; // why it could not be sent
}

/** What is to be said of a file before it is provided; a stop has to be mended. */
export interface Check {
  level: "stop" | "warning" | "note";
  kind: "noRequest" | "twice" | "longName" | "allClosed" | "closed" | "empty" | "replaces" | "otherEnding";
  values: Record<string, string | number>;
}

const longest = 300; // characters of a name
const closed = ["Cancelled", "Upgraded"];

/** The name and kind under which a material is known; a newer one of the same takes its place. */
export function placeOf(name: string, kind: string): string {
  return `${kind}\n${name.toLowerCase()}`;
}

/** The requests that a file goes to, in the order of the rows. */
export function requestsOf({ to }: Pick<Entry, "to">, about: readonly Row[]): string[] {
  return about.flatMap(({ request_id }) => (to === undefined || to.has(request_id) ? [request_id] : []));
}

/** What is to be said of each file, in their order. present tells how many of the requests have a material in a place. */
export function checksOf(entries: readonly Entry[], about: readonly Row[], present: ReadonlyMap<string, number>): Check[][] {
  const status = new Map(about.map((row) => [row.request_id, row.status]));
  const going = entries.map((entry) => requestsOf(entry, about));
  return entries.map((entry, i) => {
    const checks: Check[] = [];
    const add = (level: Check["level"], kind: Check["kind"], values: Check["values"] = {}) => checks.push({ level, kind, values });
    const to = going[i] ?? [];
    const place = placeOf(baseName(entry.name), entry.kind);
    const ids = new Set(to);
    if (to.length === 0 && about.length > 0) add("stop", "noRequest");
    if (entries.some((other, k) => k !== i && placeOf(baseName(other.name), other.kind) === place && going[k]?.some((id) => ids.has(id)))) add("stop", "twice");
    if (baseName(entry.name).length > longest) add("stop", "longName", { most: longest });
    const shut = to.filter((id) => closed.includes(status.get(id) ?? "")).length;
    if (shut > 0) add(shut === to.length ? "stop" : "warning", shut === to.length ? "allClosed" : "closed", { count: shut });
    if (entry.file.size === 0) add("warning", "empty");
    const taken = present.get(place) ?? 0;
    if (taken > 0) add("note", "replaces", { count: taken });
    const [own, chosen] = [ending(entry.name), ending(entry.file.name)];
    if (own !== chosen) add("warning", "otherEnding", { own, chosen });
    return checks;
  });
}

function ending(name: string): string {
  const dot = name.lastIndexOf(".");
  return dot < 0 ? "" : name.slice(dot).toLowerCase();
}

/** The entries by the requests that they go to, so that each has one command. */
export function grouped(entries: readonly Entry[], about: readonly Row[]): { requests: string[]; entries: Entry[] }[] {
  const byRequests = new Map<string, { requests: string[]; entries: Entry[] }>();
  for (const entry of entries) {
    const requests = requestsOf(entry, about);
    if (requests.length === 0) continue;
    const key = requests.join();
    const group = byRequests.get(key) ?? { requests, entries: [] };
    group.entries.push(entry);
    byRequests.set(key, group);
  }
  return [...byRequests.values()];
}
