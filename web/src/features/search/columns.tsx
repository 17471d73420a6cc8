import type { Session } from "@/shared/api/session";
import { daysBetween, formatDate } from "@/shared/lib/format";
import { BucketMark } from "@/shared/ui/BucketMark";
import type { Row } from "./api/getRequests";
import styles from "./RequestList.module.css";

/** A column of the list of requests. */
export interface ListColumn {
  name: string; // of the API, for sort
  label: string;
  track: string; // of the CSS grid
  sortable: boolean;
  text: (row: Row) => string; // the whole value, for the tooltip
  cell?: (row: Row) => React.ReactNode; // where text alone is not it
}

const all: ListColumn[] = [
  { name: "title", label: "Title", track: "minmax(184px, 1.7fr)", sortable: true, text: (r) => r.title ?? "", cell: (r) => shortTitle(r.title ?? "") },
  { name: "source_type", label: "Source", track: "minmax(96px, 0.8fr)", sortable: true, text: (r) => r.source_type ?? "" },
  { name: "language", label: "Language", track: "minmax(88px, 0.7fr)", sortable: true, text: (r) => r.language ?? "" },
  { name: "fulfillment_partner", label: "Partner", track: "minmax(96px, 0.8fr)", sortable: true, text: (r) => r.fulfillment_partner?.name ?? "" },
  {
    name: "due_date",
    label: "Due",
    track: "92px",
    sortable: true,
    text: (r) => (r.due_date === undefined ? "" : formatDate(r.due_date)),
    cell: (r) => r.due_date !== undefined && <span className={r.buckets?.includes("overdue_undelivered") ? styles.overdue : undefined}>{formatDate(r.due_date)}</span>,
  },
  { name: "estimated_delivery_date", label: "EDD", track: "128px", sortable: true, text: edd, cell: eddCell },
  { name: "material_status", label: "Material", track: "88px", sortable: true, text: (r) => r.material_status ?? "" },
  { name: "status", label: "Status", track: "136px", sortable: true, text: (r) => r.status ?? "" },
  { name: "why", label: "Why", track: "minmax(184px, 2.1fr)", sortable: false, text: why, cell: whyCell },
];

/** The columns that an account is shown: its own organisation needs no column. */
export function columnsFor(session: Session): ListColumn[] {
  return all.filter((c) => c.name !== session.scope?.modifier);
}

/** Narcos: S1: E9, so that what tells two rows apart is not what is cut off. */
export function shortTitle(title: string): string {
  return title.replace(/\bSeason (\d+)/g, "S$1").replace(/\bEpisode (\d+)/g, "E$1");
}

/** How many days the EDD lies behind the due date. */
function late(r: Row): number {
  return r.due_date === undefined || r.estimated_delivery_date === undefined ? 0 : daysBetween(r.due_date, r.estimated_delivery_date);
}

function edd(r: Row): string {
  if (r.estimated_delivery_date === undefined) return "";
  const n = late(r);
  return formatDate(r.estimated_delivery_date) + (n > 0 ? `, ${n} ${n === 1 ? "day" : "days"} after the due date` : "");
}

function eddCell(r: Row) {
  if (r.estimated_delivery_date === undefined) return null;
  const n = late(r);
  return (
    <>
      {formatDate(r.estimated_delivery_date)}
      {n > 0 && <span className={styles.late}> +{n} d</span>}
    </>
  );
}

function why(r: Row): string {
  return (r.why ?? []).map((rule) => rule.label).join("; ");
}

function whyCell(r: Row) {
  const bucket = r.buckets?.find((b) => b === "critical" || b === "at_risk");
  if (bucket === undefined) return null;
  return (
    <span className={styles.why}>
      <BucketMark bucket={bucket} />
      <span className={styles.whyText}>{why(r) || (bucket === "critical" ? "Critical" : "At Risk")}</span>
    </span>
  );
}
