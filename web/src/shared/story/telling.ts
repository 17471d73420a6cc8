import type { Schemas } from "@/shared/api/client";
import { language } from "@/shared/i18n/language";
import { valueName } from "@/shared/i18n/values";
import { actorName, formatDateWithYear, roleLabel } from "@/shared/lib/format";

/** What happened to a request, as its history and the audit tell it. */
export type StoryEntry = Schemas["HistoryEntry"];
export type Change = StoryEntry["changes"][number];

const day = /^\d{4}-\d{2}-\d{2}$/;
// How the server's sentences write a day.
const dayInSentence = new Intl.DateTimeFormat({ en: "en-GB", ja: "ja-JP" }[language], { day: "numeric", month: language === "ja" ? "long" : "short", year: "numeric", timeZone: "UTC" });

/** A value of a field as it is read: days in the reader's locale, fixed values in the page's language. */
export function shownValue(value: string): string {
  return day.test(value) ? formatDateWithYear(value) : valueName(value);
}

/** Whether the server's sentence, which is in the page's language, has a value in it. */
function told(summary: string, value: string | null): boolean {
  if (value === null || summary.includes(value) || summary.includes(valueName(value))) return true;
  return day.test(value) && summary.includes(dayInSentence.format(new Date(value + "T00:00:00Z")).replace("Sept", "Sep"));
}

/** What is to be said beside the sentence: before and after, where it does not say both already. */
export function changesBeside({ changes, summary }: StoryEntry): Change[] {
  return changes.every((c) => told(summary, c.from) && told(summary, c.to)) ? [] : changes;
}

/** The text or the reason that the sentence says only in part, or not at all. */
export function quotesBeside({ text, reason, summary }: StoryEntry): string[] {
  return [text, reason].filter((said): said is string => said !== null && !summary.includes(said));
}

/** Who it was, as far as the sentence does not say it: that names the organisation or the role. */
export function whoBeside({ actor, summary }: StoryEntry): string | null {
  const named = summary.toLowerCase().includes((actor.organisation?.name ?? roleLabel(actor.role)).toLowerCase());
  return named ? actor.name : actorName(actor);
}

/** Entries, newest first, by the day on which they happened in the reader's zone. */
export function byDay<E extends { at: string }>(entries: E[]): { key: string; entries: E[] }[] {
  const days: { key: string; entries: E[] }[] = [];
  for (const e of entries) {
    const key = new Date(e.at).toDateString();
    const last = days[days.length - 1];
    if (last?.key === key) last.entries.push(e);
    else days.push({ key, entries: [e] });
  }
  return days;
}
