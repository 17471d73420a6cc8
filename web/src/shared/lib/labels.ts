import { named, t } from "@/shared/i18n/t";
import { formatDate, formatMonth } from "@/shared/lib/format";
import type { Schemas } from "@/shared/api/client";
import type { Catalogue, CatalogueBucket } from "../api/catalogue";

/** How a value of a modifier or grouping is shown. */
export function valueLabel(name: string, value: string | null): string {
  if (value === null || value === "") return t("value.none");
  if (name === "due_month" && /^\d{4}-\d{2}$/.test(value)) return formatMonth(value);
  if (name === "due_day" && /^\d{4}-\d{2}-\d{2}$/.test(value)) return formatDate(value);
  if (name === "is_original") return value === "Yes" ? t("value.original") : value === "No" ? t("value.licensed") : value;
  return named("value", value, value);
}

/** Several alternatives in one line: Subs or Dubs. */
export function anyOf(name: string, values: string[]): string {
  return values.map((value) => valueLabel(name, value)).join(t("value.or"));
}

export function modifierLabel(catalogue: Catalogue | undefined, name: string): string {
  return named("modifier", name, catalogue?.modifiers.find((m) => m.name === name)?.label ?? spoken(name));
}

/** A modifier with its values, in words: Language is not: Dutch or French. */
export function modifierText(catalogue: Catalogue | undefined, { name, exclude, values }: { name: string; exclude: boolean; values: string[] }): string {
  const label = modifierLabel(catalogue, name);
  return `${exclude ? t("modifier.isNot", { name: label }) : label}: ${anyOf(name, values)}`;
}

/** What a search found strange about a value. */
export function warningText(catalogue: Catalogue | undefined, { code, modifier, value }: Schemas["Warning"]): string {
  return t(`warning.${code}`, { name: modifierLabel(catalogue, modifier.replace(/^-/, "")), value: valueLabel(modifier, value) });
}

export function groupingLabel(catalogue: Catalogue | undefined, name: string): string {
  return named("grouping", name, catalogue?.groupings.find((g) => g.name === name)?.label ?? spoken(name));
}

export function bucketLabel(bucket: Pick<CatalogueBucket, "key" | "label">): string {
  return named("bucket", bucket.key, bucket.label);
}

/** By which rule a bucket counts, with the server's thresholds. */
export function bucketRule({ key }: CatalogueBucket, { critical_days, at_risk_days, redelivery_deadline_hours }: Catalogue["thresholds"]): string {
  return t(`bucket.rule.${key}`, { soon: critical_days, days: at_risk_days, hours: redelivery_deadline_hours });
}

// Until the catalogue is there, or for what it does not know.
function spoken(name: string): string {
  return name.replaceAll("_", " ").replace(/\b\w/g, (c) => c.toUpperCase());
}

/** The parts of a group's name, in the order of the groupings. */
export function groupParts(groups: string[], key: Record<string, string | null>): { name: string; text: string; none: boolean }[] {
  return groups.map((name) => {
    const value = key[name] ?? null;
    return { name, text: valueLabel(name, value), none: value === null };
  });
}

/** A group's key as the URL holds it: null is the empty value. */
export function groupOf(key: Record<string, string | null>): Record<string, string> {
  return Object.fromEntries(Object.entries(key).map(([name, value]) => [name, value ?? ""]));
}
