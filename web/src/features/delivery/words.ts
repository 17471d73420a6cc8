import { t } from "@/shared/i18n/t";
import { formatNumber, formatSize } from "@/shared/lib/format";
import type { Check, Destination } from "./matching";
import type { Delivery } from "./unfinished";
import { valueName } from "@/shared/i18n/values";

/** Narcos: S1: E9, Subs, Korean. */
export function nameOf(destination: Destination | undefined, id: string): string {
  if (destination === undefined) return id;
  return [destination.title, destination.source_type, destination.language].filter((part) => part !== undefined).join(", ");
}

export function checkText({ kind, values }: Check): string {
  if (kind === "otherSize") return t("deliver.check.otherSize", { declared: formatSize(Number(values.declared)), size: formatSize(Number(values.size)) });
  if (kind === "materials" || kind === "closed") return t(`deliver.check.${kind}`, { status: valueName(String(values.status)) });
  return t(`deliver.check.${kind}`, values);
}

/** What has come of a delivery. */
export function standingOf(delivery: Delivery): { text: string; kind: "open" | "checking" | "good" | "bad" } {
  const open = delivery.findings.filter((f) => !f.overridden).length;
  if (delivery.inspected_at !== null) return open === 0 ? { text: t("deliveries.passed"), kind: "good" } : { text: t("deliveries.findings", { count: open, n: formatNumber(open) }), kind: "bad" };
  if (delivery.completed_at !== null) return { text: t("deliveries.beingInspected"), kind: "checking" };
  const there = delivery.files.filter((f) => f.delivered_at !== null).length;
  return { text: t("deliveries.soFar", { count: delivery.files.length, there: formatNumber(there), of: formatNumber(delivery.files.length) }), kind: "open" };
}
