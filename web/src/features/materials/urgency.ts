import { daysBetween, formatNumber } from "@/shared/lib/format";
import { t } from "./messages/t";

/** How soon something is due. */
export const urgencies = ["overdue", "soon", "later"] as const;
export type Urgency = (typeof urgencies)[number];

const soonDays = 7;

export function urgencyOf(due: string, today: string): Urgency {
  const days = daysBetween(today, due);
  return days < 0 ? "overdue" : days <= soonDays ? "soon" : "later";
}

/** Two days overdue, due today, in three days. */
export function dueText(due: string, today: string): string {
  const days = daysBetween(today, due);
  if (days === 0) return t("due.today");
  const count = Math.abs(days);
  return t(days < 0 ? "due.overdue" : "due.in", { count, n: formatNumber(count) });
}
