/** The periods that are offered by name; a custom one has its own first and last day. */
export const periods = ["last30", "last90", "thisMonth", "lastMonth", "thisYear", "all"] as const;

export type Period = (typeof periods)[number];

/** The first and last day of something, as dates; without one it has no end on that side. */
export interface Span {
  from?: string;
  to?: string;
}

function shifted(date: string, days: number): string {
  return new Date(Date.parse(date + "T00:00:00Z") + days * 86_400_000).toISOString().slice(0, 10);
}

function monthSpan(year: number, month: number): Span {
  const at = (m: number, day: number) => new Date(Date.UTC(year, m, day)).toISOString().slice(0, 10);
  return { from: at(month, 1), to: at(month + 1, 0) };
}

/** The days of a period, for a calendar day that is today. */
export function spanOf(period: Period, today: string): Span {
  const [year, month] = [Number(today.slice(0, 4)), Number(today.slice(5, 7)) - 1];
  switch (period) {
    case "last30":
      return { from: shifted(today, -29), to: today };
    case "last90":
      return { from: shifted(today, -89), to: today };
    case "thisMonth":
      return monthSpan(year, month);
    case "lastMonth":
      return monthSpan(year, month - 1);
    case "thisYear":
      return { from: `${year}-01-01`, to: `${year}-12-31` };
    case "all":
      return {};
  }
}

/** A date of a URL, if it is one. */
export function dateOf(text: string | null): string | undefined {
  return text !== null && /^\d{4}-\d{2}-\d{2}$/.test(text) ? text : undefined;
}

/** The period that a URL holds: one by name, or days of one's own. */
export function parsePeriod(params: URLSearchParams, initial: Period): { period: Period | undefined; span: Span } {
  const [from, to] = [dateOf(params.get("from")), dateOf(params.get("to"))];
  if (from === undefined && to === undefined) return { period: periods.find((one) => one === params.get("period")) ?? initial, span: {} };
  return { period: undefined, span: { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) } };
}

/** The inverse of parsePeriod. */
export function writePeriod(out: URLSearchParams, { period, span }: { period: Period | undefined; span: Span }, initial: Period): void {
  if (period !== undefined && period !== initial) out.set("period", period);
  if (period === undefined) for (const [name, value] of Object.entries(span)) out.set(name, value as string);
}

/** The days of a group by week (its Monday) or by month, within a period. */
export function within(grouping: "week" | "month", key: string, span: Span): Span {
  const own = grouping === "week" ? { from: key, to: shifted(key, 6) } : monthSpan(Number(key.slice(0, 4)), Number(key.slice(5, 7)) - 1);
  const from = [own.from, span.from].filter((d) => d !== undefined).sort().at(-1);
  const to = [own.to, span.to].filter((d) => d !== undefined).sort()[0];
  return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}
