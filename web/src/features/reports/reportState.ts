import type { Schemas } from "@/shared/api/client";
import { type Period, parsePeriod, type Span, spanOf, within, writePeriod } from "./period";

export type FigureName = Schemas["Figure"]["figure"];
export type CountName = "numerator" | "denominator" | "remainder" | "waiting" | "unknown";

export const groupings = ["fulfillment_partner", "content_partner", "source_type", "service_type", "language", "week", "month"] as const;
export type Grouping = (typeof groupings)[number];

/** Whose deliveries are listed: those behind one number of a figure, of everything or of a group. */
export interface Behind {
  figure: FigureName;
  number: CountName;
  of: string | undefined; // the group's key, "" for none
}

/** All that the page's URL holds. */
export interface ReportState {
  period: Period | undefined; // undefined for days of one's own
  span: Span; // of one's own
  group: Grouping | undefined;
  behind: Behind | undefined;
}

const initial: Period = "last90";

export function parseReport(query: string): ReportState {
  const params = new URLSearchParams(query);
  const one = <T extends string>(name: string, of: readonly T[]) => of.find((value) => value === params.get(name));
  const figure = one("figure", ["redelivery_rate", "on_time_rate", "blocker_share", "blocker_time"]);
  const number = one("number", ["numerator", "denominator", "remainder", "waiting", "unknown"]);
  return {
    ...parsePeriod(params, initial),
    group: params.get("group") === "none" ? undefined : (one("group", groupings) ?? "month"),
    behind: figure === undefined || number === undefined ? undefined : { figure, number, of: params.get("of") ?? undefined },
  };
}

export function formatReport({ period, span, group, behind }: ReportState): string {
  const out = new URLSearchParams();
  writePeriod(out, { period, span }, initial);
  if (group !== "month") out.set("group", group ?? "none");
  if (behind !== undefined) {
    out.set("figure", behind.figure);
    out.set("number", behind.number);
    if (behind.of !== undefined) out.set("of", behind.of);
  }
  return out.toString();
}

/** What the API is asked for the figures. */
export function questionOf(state: ReportState, today: string): Span {
  return state.period === undefined ? state.span : spanOf(state.period, today);
}

/** What the API is asked for the deliveries behind a number. */
export function behindQuestion(state: ReportState, { number, of }: Behind, today: string): Record<string, string> {
  const span = questionOf(state, today);
  if (of === undefined || state.group === undefined) return { ...span, number };
  if (state.group === "week" || state.group === "month") return { ...within(state.group, of, span), number };
  return { ...span, number, [state.group]: of };
}
