import type { Schemas } from "@/shared/api/client";
import { named } from "@/shared/upload/continues";
import type { Picked } from "@/shared/upload/picked";
import type { Unfinished } from "./unfinished";

export type Match = Schemas["FileMatches"]["files"][number];

/** A file that is to be delivered, and what is known of where it belongs. */
export interface Entry extends Picked {
  key: number;
  match: Match | undefined; // until it was looked for
  chosen: string | undefined; // request id, by hand
}

/** What is known of a request that a file may go to. */
export interface Destination {
  request_id: string;
  title: string;
  language: string | undefined;
  source_type: string | undefined;
  status: string | undefined;
  material_status: string | undefined; // undefined until it was looked for
}

/** What is to be said of a file before it is delivered; a stop has to be mended. */
export interface Check {
  stop: boolean;
  kind: "noRequest" | "ambiguous" | "twice" | "longName" | "closed" | "empty" | "looksLikeOther" | "materials" | "otherSize";
  values: Record<string, string | number>;
}

const longest = 300; // characters of a name
const accepting = ["Open", "Redelivery Requested"];

/** The request that a file goes to: as somebody chose, or the one that all is about, or as its name says among those that it is about. */
export function requestOf({ chosen, match }: Pick<Entry, "chosen" | "match">, about: readonly string[]): string | undefined {
  if (chosen !== undefined) return chosen;
  if (about.length === 1) return about[0];
  if (about.length === 0) return match?.match ?? undefined;
  if (match?.match != null && about.includes(match.match)) return match.match;
  // Likelier ones that it is not about do not count.
  const [first, second] = (match?.candidates ?? []).filter((c) => about.includes(c.request_id));
  return first !== undefined && first.confidence > (second?.confidence ?? 0) ? first.request_id : undefined;
}

/** What is to be said of each file, in their order. */
export function checksOf(entries: readonly Entry[], about: readonly string[], known: ReadonlyMap<string, Destination>, unfinished: readonly Unfinished[]): Check[][] {
  const taken = new Map<string, number>();
  const place = (entry: Entry) => `${requestOf(entry, about)}\n${entry.name}`;
  for (const entry of entries) taken.set(place(entry), (taken.get(place(entry)) ?? 0) + 1);
  return entries.map((entry) => {
    const checks: Check[] = [];
    const add = (stop: boolean, kind: Check["kind"], values: Check["values"] = {}) => checks.push({ stop, kind, values });
    const request = requestOf(entry, about);
    const destination = request === undefined ? undefined : known.get(request);
    if (request === undefined) add(true, entry.match?.ambiguous ? "ambiguous" : "noRequest");
    else if ((taken.get(place(entry)) ?? 0) > 1) add(true, "twice", { name: entry.name });
    if (entry.name.length > longest) add(true, "longName", { most: longest });
    if (destination?.status !== undefined && !accepting.includes(destination.status)) add(true, "closed", { status: destination.status });
    if (entry.file.size === 0) add(false, "empty");
    const likely = entry.match?.match ?? undefined;
    if (entry.chosen === undefined && request !== undefined && likely !== undefined && likely !== request) add(false, "looksLikeOther", { id: likely });
    if (destination?.material_status !== undefined && destination.material_status !== "Accepted") add(false, "materials", { status: destination.material_status });
    const other = named(entry.name, unfinished).find((u) => u.size !== entry.file.size && (request === undefined || u.request === request));
    if (other !== undefined) add(false, "otherSize", { declared: other.size, size: entry.file.size });
    return checks;
  });
}

/** The order in which files are shown: what somebody has to decide comes first. */
export function undecidedFirst<T extends { checks: readonly Check[] }>(rows: readonly T[]): T[] {
  const rank = ({ checks }: T) => (checks.some((c) => c.stop) ? 0 : checks.length > 0 ? 1 : 2);
  return rows.toSorted((a, b) => rank(a) - rank(b));
}

/** The deliveries that entries make, one for each request, in the order of the first file of each. */
export function deliveriesOf(entries: readonly Entry[], about: readonly string[]): { request_id: string; method: "Browser"; complete: "automatically"; files: { name: string; size: number }[] }[] {
  const byRequest = new Map<string, { name: string; size: number }[]>();
  for (const entry of entries) {
    const request = requestOf(entry, about);
    if (request === undefined) continue;
    byRequest.set(request, [...(byRequest.get(request) ?? []), { name: entry.name, size: entry.file.size }]);
  }
  return [...byRequest].map(([request_id, files]) => ({ request_id, method: "Browser", complete: "automatically", files }));
}
