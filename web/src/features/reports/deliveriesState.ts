import { type Period, parsePeriod, type Span, spanOf, writePeriod } from "./period";

/** By what the list of deliveries is narrowed, beside its period. */
export const filters = ["fulfillment_partner", "source_type", "language"] as const;
export type Filter = (typeof filters)[number];

/** Which deliveries are listed: all that are known, what became of them, or those of before the portal. */
export const shows = ["all", "sentBack", "kept", "before"] as const;
export type Show = (typeof shows)[number];

/** What inspection says of a delivery. */
export const verdicts = ["Awaiting", "Clean", "Findings", "Overridden"] as const;
export type Verdict = (typeof verdicts)[number];

/** All that the page's URL holds. */
export interface DeliveriesState {
  period: Period | undefined;
  span: Span;
  show: Show;
  verdict: Verdict | undefined;
  of: Partial<Record<Filter, string>>; // "" for none
}

const initial: Period = "last30";
const sentBack: Record<Show, string | undefined> = { all: undefined, sentBack: "Yes", kept: "No", before: "Unknown" };

export function parseDeliveries(query: string): DeliveriesState {
  const params = new URLSearchParams(query);
  const of = filters.flatMap((name) => (params.get(name) === null ? [] : [[name, params.get(name)]]));
  return { ...parsePeriod(params, initial), show: shows.find((one) => one === params.get("show")) ?? "all", verdict: verdicts.find((one) => one === params.get("inspection")), of: Object.fromEntries(of) as DeliveriesState["of"] };
}

export function formatDeliveries({ period, span, show, verdict, of }: DeliveriesState): string {
  const out = new URLSearchParams();
  writePeriod(out, { period, span }, initial);
  if (show !== "all") out.set("show", show);
  if (verdict !== undefined) out.set("inspection", verdict);
  for (const name of filters) if (of[name] !== undefined) out.set(name, of[name]);
  return out.toString();
}

/** How many deliveries of a redelivery rate are shown. */
export function shownOf({ numerator, denominator, unknown }: { numerator: number; denominator: number; unknown: number }, show: Show): number {
  return { all: denominator, sentBack: numerator, kept: denominator - numerator, before: unknown }[show];
}

/** What the API is asked. */
export function deliveriesQuestion({ period, span, show, verdict, of }: DeliveriesState, today: string): Record<string, string> {
  return { ...(period === undefined ? span : spanOf(period, today)), ...(sentBack[show] === undefined ? {} : { sent_back: sentBack[show] }), ...(verdict === undefined ? {} : { inspection: verdict }), ...of };
}
