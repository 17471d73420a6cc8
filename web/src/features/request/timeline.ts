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

/** Where a moment stands among those at which something happened: the last one that is not behind it, -1 before the first. */
export function placeOf(moments: string[], at: string): number {
  return moments.findLastIndex((m) => Date.parse(m) <= Date.parse(at));
}
