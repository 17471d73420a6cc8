import { dayIn } from "@/shared/lib/format";

/** What happened, by the calendar day of the reader's zone, in the order given. */
export function byDay<T extends { at: string }>(all: readonly T[], zone = Intl.DateTimeFormat().resolvedOptions().timeZone): { day: string; items: T[] }[] {
  const days: { day: string; items: T[] }[] = [];
  for (const item of all) {
    const day = dayIn(zone, item.at);
    const last = days[days.length - 1];
    if (last?.day === day) last.items.push(item);
    else days.push({ day, items: [item] });
  }
  return days;
}
