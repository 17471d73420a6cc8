import { language } from "@/shared/i18n/language";
import { named, t } from "@/shared/i18n/t";
import { daysBetween, formatDate } from "@/shared/lib/format";
import type { Session } from "@/shared/api/session";
import { BucketMark } from "@/shared/ui/BucketMark";
import type { Catalogue } from "@/shared/api/catalogue";
import type { Row } from "./api/getRequests";
import { valueLabel } from "@/shared/lib/labels";
import { shortTitle } from "@/shared/lib/shortTitle";
import styles from "./RequestList.module.css";

/** A column of the list of requests. */
export interface ListColumn {
  name: string; // of the API, for sort and columns
  label: string;
  head: string; // the label, as short as a narrow column wants it
  least: number; // pixels, when nobody chose its width
  grow: number; // its share of the room that is left; 0 keeps it as it is
  sortable: boolean;
  initially: boolean; // shown to those who never chose
  text: (row: Row) => string; // the whole value, for the tooltip
  cell?: (row: Row) => React.ReactNode; // where text alone is not it
}

type Looks = Pick<ListColumn, "least" | "grow"> & Partial<Pick<ListColumn, "initially" | "text" | "cell"> & { short?: "source" | "partner" | "due" | "edd" | "material" }>;

// Pixels of a date with its year, of one with the days that it is late, and of the longest status.
const widths = { en: { date: 100, late: 140, status: 148 }, ja: { date: 116, late: 160, status: 104 } }[language];

// In the order of an arrangement that nobody chose.
const looks: Record<string, Looks> = {
  title: { least: 208, grow: 2, initially: true, cell: (r) => shortTitle(r.title ?? "") },
  source_type: { least: 104, grow: 0.8, initially: true, short: "source" },
  language: { least: 100, grow: 0.8, initially: true },
  fulfillment_partner: { least: 92, grow: 1, initially: true, short: "partner" },
  due_date: { least: widths.date, grow: 0, initially: true, short: "due", cell: (r) => r.due_date !== undefined && <span className={r.buckets.includes("overdue_undelivered") ? styles.overdue : undefined}>{formatDate(r.due_date)}</span> },
  estimated_delivery_date: { least: widths.late, grow: 0, initially: true, short: "edd", text: edd, cell: eddCell },
  material_status: { least: 100, grow: 0, initially: true, short: "material" },
  status: { least: widths.status, grow: 0, initially: true },
  why: { least: 150, grow: 1.8, initially: true, text: why, cell: whyCell },
  request_id: { least: 88, grow: 0 },
  package_id: { least: 88, grow: 0 },
  movie_id: { least: 80, grow: 0 },
  movie_type: { least: 96, grow: 0 },
  is_original: { least: 80, grow: 0 },
  content_partner: { least: 112, grow: 0.8 },
  sub_assignee: { least: 112, grow: 0.8 },
  responsible: { least: 112, grow: 0.8 },
  service_type: { least: 88, grow: 0 },
  countries: { least: 112, grow: 0.8 },
  quality_control: { least: 100, grow: 0 },
  issues: { least: 120, grow: 0.8 },
};

/** The columns that an account may be shown: its own organisation needs no column. */
export function columnsFor(catalogue: Catalogue, session: Session): ListColumn[] {
  const served: { name: string; label: string }[] = [...catalogue.columns, { name: "why", label: t("list.why") }];
  const place = Object.keys(looks);
  return served
    .filter((c) => c.name !== session.scope?.modifier)
    .toSorted((a, b) => (place.indexOf(a.name) + 1 || Infinity) - (place.indexOf(b.name) + 1 || Infinity))
    .map(({ name, label }): ListColumn => {
      const { short, ...look } = looks[name] ?? { least: 96, grow: 0.5 };
      const whole = name === "why" ? label : named("column", name, label);
      return {
        name,
        label: whole,
        head: short === undefined ? whole : t(`list.short.${short}`),
        sortable: name !== "why",
        initially: false,
        text: (row) => plain(name, row[name as keyof Row]),
        ...look,
      };
    });
}

/** Any value of a row in words. */
function plain(name: string, value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "boolean") return valueLabel(name, value ? "Yes" : "No");
  if (Array.isArray(value)) return value.join(", ");
  if (typeof value === "object") return String((value as { name?: unknown }).name ?? "");
  return /^\d{4}-\d{2}-\d{2}$/.test(String(value)) ? formatDate(String(value)) : valueLabel(name, String(value));
}

/** How many days the EDD lies behind the due date. */
function late(r: Row): number {
  return r.due_date === undefined || r.estimated_delivery_date === undefined ? 0 : daysBetween(r.due_date, r.estimated_delivery_date);
}

function edd(r: Row): string {
  if (r.estimated_delivery_date === undefined) return "";
  const n = late(r);
  const date = formatDate(r.estimated_delivery_date);
  return n > 0 ? t("list.daysAfterDue", { date, count: n }) : date;
}

function eddCell(r: Row) {
  if (r.estimated_delivery_date === undefined) return null;
  const n = late(r);
  return (
    <>
      {formatDate(r.estimated_delivery_date)}
      {n > 0 && <span className={styles.late}> {t("list.plusDays", { n })}</span>}
    </>
  );
}

function why(r: Row): string {
  return r.why.map((rule) => named("rule", rule.key, rule.label)).join("; ");
}

// As short as a narrow column wants them; the tooltip says them whole.
const shortRules: Record<string, string> = {
  due_date_passed: t("list.rule.due_date_passed"),
  edd_passed: t("list.rule.edd_passed"),
  edd_after_due_soon: t("list.rule.edd_after_due_soon"),
  edd_after_due: t("list.rule.edd_after_due"),
  redelivery_late: t("list.rule.redelivery_late"),
  redelivery_asked: t("list.rule.redelivery_asked"),
  materials_rejected: t("list.rule.materials_rejected"),
  no_materials: t("list.rule.no_materials"),
};

function whyCell(r: Row) {
  const bucket = r.buckets.find((b) => b === "critical" || b === "at_risk");
  if (bucket === undefined) return null;
  const said = named("bucket", bucket, bucket === "critical" ? "Critical" : "At Risk");
  return (
    <span className={styles.why}>
      <BucketMark bucket={bucket} />
      <span className="sr-only">{said}: </span>
      <span className={styles.whyText}>{r.why.map((rule) => shortRules[rule.key] ?? named("rule", rule.key, rule.label)).join(", ") || said}</span>
    </span>
  );
}
