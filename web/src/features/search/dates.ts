import { named, t } from "@/shared/i18n/t";

/** What a free-text date means, or why it means nothing. */
export type DateMeaning =
  | { known: true; from: string | undefined; to: string | undefined; days: number | undefined }
  | { known: false; hint: string };

/** What to offer before anything is typed. */
export const dateSuggestions = ["overdue", "today", "this week", "next 14 days", "next week", "this month", "next month"];

/** What is offered, in the reader's words; what is typed stays as it is. */
export function dateName(text: string): string {
  return named("value", text, text);
}

// The modifier's help, beside it, lists the forms.
const notYet = t("date.notYet");
const dayMs = 86_400_000;

/**
 * Explains a date as the API reads it. today is the calendar day in the
 * server's zone.
 */
export function explainDate(text: string, today: string): DateMeaning {
  const s = text.trim().toLowerCase().replace(/\s+/g, " ");
  if (s === "") return { known: false, hint: notYet };
  if (s === "overdue") return span(undefined, addDays(today, -1));
  return range(s, today) ?? { known: false, hint: notYet };
}

function relative(s: string, today: string): DateMeaning | undefined {
  const day = { yesterday: -1, today: 0, tomorrow: 1 }[s];
  if (day !== undefined) return span(addDays(today, day), addDays(today, day));

  const days = /^(next|last) (\d{1,5}) days?$/.exec(s);
  if (days !== null) {
    const n = Number(days[2]);
    if (n < 1 || n > 36_500) return { known: false, hint: t("date.days") };
    // Today is the first of the next days and the last of the last ones.
    return days[1] === "next" ? span(today, addDays(today, n - 1)) : span(addDays(today, 1 - n), today);
  }

  const unit = /^(last|this|next) (week|month|year)$/.exec(s);
  if (unit === null) return undefined;
  const by = { last: -1, this: 0, next: 1 }[unit[1] as "last" | "this" | "next"];
  if (unit[2] === "week") {
    const monday = addDays(today, -((utc(today).getUTCDay() + 6) % 7) + 7 * by);
    return span(monday, addDays(monday, 6));
  }
  const [year, month] = [Number(today.slice(0, 4)), Number(today.slice(5, 7))];
  if (unit[2] === "year") return period(String(year + by));
  return period(new Date(Date.UTC(year, month - 1 + by, 1)).toISOString().slice(0, 7));
}

function range(s: string, today: string): DateMeaning | undefined {
  const one = (part: string) => relative(part, today) ?? period(part);
  if (!s.includes("..")) return one(s);
  const [left = "", right = "", ...rest] = s.split("..").map((part) => part.trim());
  if (rest.length > 0 || (left === "" && right === "")) return undefined;
  const from = left === "" ? undefined : one(left);
  const to = right === "" ? undefined : one(right);
  if ((left !== "" && !from?.known) || (right !== "" && !to?.known)) return undefined;
  const first = from?.known ? from.from : undefined;
  const last = to?.known ? to.to : undefined;
  if (first !== undefined && last !== undefined && first > last) return { known: false, hint: t("date.backwards") };
  return span(first, last);
}

/** A year, a month or a day. */
function period(s: string): DateMeaning | undefined {
  const m = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/.exec(s);
  if (m === null) return undefined;
  const [year, month, day] = [m[1], m[2], m[3]];
  const first = `${year}-${month ?? "01"}-${day ?? "01"}`;
  const start = utc(first);
  if (Number(year) < 1971 || Number(year) > 2199) return { known: false, hint: t("date.years") };
  if (Number.isNaN(start.getTime()) || start.toISOString().slice(0, 10) !== first) return { known: false, hint: t("date.noDay") };
  if (day !== undefined) return span(first, first);
  const next = month === undefined ? Date.UTC(Number(year) + 1, 0, 1) : Date.UTC(Number(year), Number(month), 1);
  return span(first, new Date(next - dayMs).toISOString().slice(0, 10));
}

function span(from: string | undefined, to: string | undefined): DateMeaning {
  const days = from === undefined || to === undefined ? undefined : Math.round((utc(to).getTime() - utc(from).getTime()) / dayMs) + 1;
  return { known: true, from, to, days };
}

function addDays(date: string, n: number): string {
  return new Date(utc(date).getTime() + n * dayMs).toISOString().slice(0, 10);
}

function utc(date: string): Date {
  return new Date(date + "T00:00:00Z");
}

/** The meaning in words; format writes a day. */
export function describeDate(meaning: DateMeaning, format: (date: string) => string): string {
  if (!meaning.known) return meaning.hint;
  const { from, to, days } = meaning;
  if (from === undefined) return to === undefined ? t("date.any") : t("date.upTo", { to: format(to) });
  if (to === undefined) return t("date.from", { from: format(from) });
  if (from === to) return format(from);
  return t("date.span", { from: format(from), to: format(to), count: days ?? 0 });
}
