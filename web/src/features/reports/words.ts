import { locale } from "@/shared/i18n/language";
import { formatDate, formatMonth } from "@/shared/lib/format";
import { valueLabel } from "@/shared/lib/labels";
import { t } from "./messages/t";
import type { Grouping } from "./reportState";

const percent = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 });

/** 97.2 %, as the reader's locale has it. */
export function formatShare(share: number): string {
  return percent.format(share);
}

/** Hours, or days where it is many of them. */
export function formatDuration(seconds: number): string {
  const hours = seconds / 3600;
  return hours < 72 ? t("hours", { n: hours < 10 ? Math.round(hours * 10) / 10 : Math.round(hours) }) : t("days", { n: Math.round((hours / 24) * 10) / 10 });
}

/** What a group is called. */
export function groupName(grouping: Grouping, key: string | null): string {
  if (key === null || key === "") return t("none");
  if (grouping === "month") return formatMonth(key);
  if (grouping === "week") return t("weekOf", { date: formatDate(key) });
  return valueLabel(grouping, key);
}
