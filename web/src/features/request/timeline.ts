import type { HistoryEntry } from "./api/getHistory";

/** The entries, newest first, by the day on which they happened in the reader's zone. */
export function byDay(entries: HistoryEntry[]): { key: string; entries: HistoryEntry[] }[] {
  const days: { key: string; entries: HistoryEntry[] }[] = [];
  for (const e of entries) {
    const key = new Date(e.at).toDateString();
    const last = days[days.length - 1];
    if (last?.key === key) last.entries.push(e);
    else days.push({ key, entries: [e] });
  }
  return days;
}

/** The moments at which something happened, oldest first, each once. */
export function momentsOf(entries: { at: string }[]): string[] {
  return [...new Set(entries.map((e) => e.at))].sort((a, b) => Date.parse(a) - Date.parse(b));
}

/** An instant as the value of a datetime-local input, in the reader's zone. */
export function toLocalInput(at: string): string {
  const d = new Date(at);
  const two = (n: number) => String(n).padStart(2, "0");
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}T${two(d.getHours())}:${two(d.getMinutes())}`;
}

/** The end of the minute that a datetime-local input names; undefined while it names none. */
export function fromLocalInput(value: string): string | undefined {
  const start = new Date(value).getTime();
  return Number.isNaN(start) ? undefined : new Date(start + 59_999).toISOString();
}
