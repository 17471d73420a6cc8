import { valueName } from "@/shared/i18n/values";
import { formatNumber } from "@/shared/lib/format";
import type { Check, Row } from "./entries";
import { t } from "./messages/t";
import type { Providing } from "./providings";
import { packageOf } from "./scopes";

/** Subs, Korean. */
export function assetOf(row: Row): string {
  return [valueName(row.source_type ?? ""), row.language].filter((part) => part !== undefined && part !== "").join(", ");
}

/** Which of the requests a file goes to. */
export function goesTo(about: readonly Row[], to: ReadonlySet<string> | undefined): string {
  const rows = to === undefined ? about : about.filter((row) => to.has(row.request_id));
  const [first] = rows;
  if (first === undefined) return t("dialog.nowhere");
  if (rows.length === 1) return assetOf(first);
  return rows.length === about.length ? t("dialog.toAll", { n: formatNumber(rows.length) }) : t("dialog.toSome", { n: formatNumber(rows.length), of: formatNumber(about.length) });
}

/** House of Small Hours: Season 1: Episode 3, Subs, Korean. */
export function aboutText(rows: readonly Row[]): string {
  const [first] = rows;
  if (first === undefined) return "";
  const title = first.title ?? first.request_id;
  if (rows.length === 1) return `${title}, ${assetOf(first)}`;
  const n = formatNumber(rows.length);
  return packageOf(rows) !== undefined ? t("dialog.aboutTitle", { title, count: rows.length, n }) : t("dialog.aboutSome", { count: rows.length, n });
}

export function checkText({ kind, values }: Check): string {
  return t(`check.${kind}`, { ...values, ...(typeof values["count"] === "number" ? { n: formatNumber(values["count"]) } : {}) });
}

/** What came of what was provided. */
export function standingOf(one: Providing, sending: boolean): { text: string; kind: "open" | "checking" | "good" | "bad" } {
  if (one.problem !== undefined) return { text: t("standing.problem"), kind: "bad" };
  if (one.step === "sending") return sending ? { text: "", kind: "open" } : { text: t("standing.checking"), kind: "checking" };
  if (one.step === "giving") return { text: t("standing.giving"), kind: "checking" };
  if (one.step === "changing") return { text: t("standing.changing"), kind: "checking" };
  const parts = [t("standing.given", { count: one.changed, n: formatNumber(one.changed) })];
  if (one.refused > 0) parts.push(t("standing.refused", { count: one.refused, n: formatNumber(one.refused) }));
  else if (one.changed === 0) return { text: t("standing.had"), kind: "good" };
  else if (one.status !== undefined) parts.push(valueName(one.status));
  return { text: parts.join(" · "), kind: one.refused > 0 ? "bad" : "good" };
}
