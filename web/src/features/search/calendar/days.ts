// Calendar days as the API writes them, 2026-11-24; they have no zone.

/** The day some days after another. */
export function daysAfter(day: string, days: number): string {
  const at = new Date(day + "T00:00:00Z");
  at.setUTCDate(at.getUTCDate() + days);
  return at.toISOString().slice(0, 10);
}

/** The weeks of a month, Monday first; undefined where a day is not of it. */
export function weeksOf(month: string): (string | undefined)[][] {
  const first = month + "-01";
  const before = (new Date(first + "T00:00:00Z").getUTCDay() + 6) % 7;
  const weeks: (string | undefined)[][] = [];
  for (let monday = daysAfter(first, -before); monday.slice(0, 7) <= month; monday = daysAfter(monday, 7)) {
    weeks.push(
      Array.from({ length: 7 }, (_, i) => {
        const day = daysAfter(monday, i);
        return day.startsWith(month) ? day : undefined;
      }),
    );
  }
  return weeks;
}

/** The day that a key leads to from another, undefined for other keys. */
export function dayBy(key: string, from: string): string | undefined {
  const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };
  if (steps[key] !== undefined) return daysAfter(from, steps[key]);
  const month = from.slice(0, 7);
  if (key === "Home") return month + "-01";
  const last = daysAfter(daysAfter(month + "-01", 32).slice(0, 7) + "-01", -1);
  if (key === "End") return last;
  if (key === "PageUp") return daysAfter(month + "-01", -1).slice(0, 7) + "-01";
  if (key === "PageDown") return daysAfter(last, 1);
  return undefined;
}

/** The shown day that is nearest to another in the direction of a move: months without anything are left out. */
export function nearestShown(to: string, from: string, months: readonly string[]): string {
  if (months.includes(to.slice(0, 7))) return to;
  if (to > from) {
    const next = months.find((month) => month > to.slice(0, 7));
    return next === undefined ? from : next + "-01";
  }
  const before = months.findLast((month) => month < to.slice(0, 7));
  return before === undefined ? from : (dayBy("End", before + "-01") ?? from);
}

/** How strongly a count is coloured, from 0 to 1: many days of a few stay distinct beside one of thousands. */
export function strength(n: number, most: number): number {
  return most === 0 ? 0 : Math.sqrt(n / most);
}
