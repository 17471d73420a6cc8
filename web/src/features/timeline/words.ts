import { kindName } from "@/shared/kinds/kinds";
import { daysBetween, formatDateWithYear, formatInstant } from "@/shared/lib/format";
import { valueName } from "@/shared/i18n/values";
import type { Lane, Mark, Span } from "./api/getTimeline";
import { insightOf, type Point } from "./lanes";
import { t } from "./messages/t";

/** What the mark is, with its result. */
export function markName({ kind, passed }: Mark): string {
  if (passed === null) return kindName(kind);
  const result = kind === "delivery_inspected" ? t(passed ? "clean" : "found") : t(passed ? "passed" : "notPassed");
  return `${kindName(kind)}: ${result}`;
}

/** How far the due date of an open request is away. */
export function dueWords(lane: Lane, today: string): string | undefined {
  if (insightOf(lane) === undefined) return undefined;
  const days = daysBetween(today, lane.due_date);
  return days === 0 ? t("dueToday") : days > 0 ? t("dueIn", { count: days }) : t("duePassed", { count: -days });
}

/** A point in one line, for who hears it. */
export function pointWords(point: Point, lane: Lane, today: string): string {
  if (point.what === "mark") return `${markName(point.mark)}, ${formatInstant(point.mark.at)}: ${point.mark.summary}`;
  if (point.what === "estimate") return t("estimate", { date: formatDateWithYear(lane.estimated_delivery_date) });
  const due = dueWords(lane, today);
  return t("due", { date: formatDateWithYear(lane.due_date) }) + (due === undefined ? "" : `, ${due}`);
}

/** Where a lane stands now: its insight, or its status. */
export function standingOf(lane: Lane): string {
  const insight = insightOf(lane);
  return insight === undefined ? valueName(lane.status) : t(`insight.${insight}`);
}

/** How the request stood in a span, and from when to when. */
export function spanWords(span: Span, last: boolean): string {
  const stood = span.insight === null ? valueName(span.status) : t(`insight.${span.insight}`);
  const what = span.overdue ? t("overdueToo", { what: stood }) : stood;
  return last ? t("sinceNow", { what, from: formatInstant(span.from) }) : t("since", { what, from: formatInstant(span.from), to: formatInstant(span.to) });
}

/** What a lane is called beside its group: what the group does not say. */
export function laneName(lane: Lane, grouping: string): string {
  if (grouping === "source_type") return lane.language;
  if (grouping === "language") return valueName(lane.source_type);
  return `${valueName(lane.source_type)} · ${lane.language}`;
}
