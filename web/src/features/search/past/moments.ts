const pad = (n: number) => String(n).padStart(2, "0");

/** A moment as a field of date and time has it: 2026-11-24T14:03, in the reader's zone. */
export function localMinute(at: number): string {
  const d = new Date(at);
  return `${d.getFullYear()}-${pad(d.getMonth() + 1)}-${pad(d.getDate())}T${pad(d.getHours())}:${pad(d.getMinutes())}`;
}

/** The inverse of localMinute; undefined for what is no moment yet, and for years that somebody is still typing. */
export function parseLocalMinute(text: string): number | undefined {
  const at = new Date(text);
  return text === "" || Number.isNaN(at.getTime()) || at.getFullYear() < 1971 ? undefined : at.getTime();
}

const minute = 60_000; // ms

/** The same time on the day before, on a whole minute, so that who asks twice asks the same. */
export function yesterday(of: number): string {
  return new Date(Math.floor(of / minute) * minute - 24 * 60 * minute).toISOString();
}
