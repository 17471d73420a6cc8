import { type Period, parsePeriod, type Span, spanOf, writePeriod } from "./period";
import type { CountName } from "./reportState";

/** By what the list of deliveries is narrowed, beside its period. */
export const filters = ["fulfillment_partner", "source_type", "language"] as const;
export type Filter = (typeof filters)[number];

/** Which deliveries are listed: all that are known, what became of them, or those of before the portal. */
export const shows = ["all", "sentBack", "kept", "before"] as const;
export type Show = (typeof shows)[number];

/** All that the page's URL holds. */
export interface DeliveriesState {
  period: Period | undefined;
  span: Span;
  show: Show;
  of: Partial<Record<Filter, string>>; // "" for none
}

const initial: Period = "last30";
const numbers: Record<Show, CountName> = { all: "denominator", sentBack: "numerator", kept: "remainder", before: "unknown" };

export function parseDeliveries(query: string): DeliveriesState {
  const params = new URLSearchParams(query);
  const of = filters.flatMap((name) => (params.get(name) === null ? [] : [[name, params.get(name)]]));
  return { ...parsePeriod(params, initial), show: shows.find((one) => one === params.get("show")) ?? "all", of: Object.fromEntries(of) as DeliveriesState["of"] };
}

export function formatDeliveries({ period, span, show, of }: DeliveriesState): string {
  const out = new URLSearchParams();
  writePeriod(out, { period, span }, initial);
  if (show !== "all") out.set("show", show);
  for (const name of filters) if (of[name] !== undefined) out.set(name, of[name]);
  return out.toString();
}

/** What the API is asked: the redelivery rate is over all deliveries, and counts those sent back. */
export function deliveriesQuestion({ period, span, show, of }: DeliveriesState, today: string): Record<string, string> {
  return { ...(period === undefined ? span : spanOf(period, today)), number: numbers[show], ...of };
}
