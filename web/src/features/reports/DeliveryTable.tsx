import { Anchor } from "@mantine/core";
import { Link } from "wouter";
import type { Schemas } from "@/shared/api/client";
import { formatDate, formatInstant } from "@/shared/lib/format";
import { valueLabel } from "@/shared/lib/labels";
import table from "@/shared/ui/DataTable.module.css";
import { t } from "./messages/t";
import styles from "./Reports.module.css";
import { formatDuration } from "./words";

interface Props {
  rows: Schemas["FigureRequest"][];
  blockers: boolean; // with the time that blockers took
}

/** Completed deliveries, each with its request and what became of it. */
export function DeliveryTable({ rows, blockers }: Props) {
  return (
    <table className={table.table}>
      <thead>
        <tr>
          {[t("column.title"), t("column.what"), t("column.partner"), t("column.delivered"), t("column.due"), t("column.sentBack"), ...(blockers ? [t("column.blocker")] : [])].map((heading) => (
            <th key={heading} scope="col">
              {heading}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={`${row.request_id} ${row.delivery}`}>
            <td>
              <Anchor component={Link} href={`/requests/${encodeURIComponent(row.request_id)}/deliveries`}>
                {row.title ?? row.request_id}
              </Anchor>
              <span className={styles.line}>{t("nth", { id: row.request_id, n: row.delivery })}</span>
            </td>
            <td>{[row.source_type, row.language].flatMap((one) => (one === null ? [] : [valueLabel("", one)])).join(" · ")}</td>
            <td>{row.fulfillment_partner?.name ?? t("none")}</td>
            <td className={styles.date}>{row.delivered_at !== null ? formatInstant(row.delivered_at) : t("before")}</td>
            <td className={styles.date}>
              {row.due_date === null ? t("none") : formatDate(row.due_date)}
              {row.on_time !== null && <span className={styles.line}>{t(row.on_time ? "onTime" : "late")}</span>}
            </td>
            <td className={styles.date}>{row.sent_back_at === null ? t("no") : formatInstant(row.sent_back_at)}</td>
            {blockers && <td>{row.blocker_seconds === null ? t("none") : formatDuration(row.blocker_seconds)}</td>}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
