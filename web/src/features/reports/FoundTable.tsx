import { Anchor } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconClock } from "@tabler/icons-react";
import { Link } from "wouter";
import type { Schemas } from "@/shared/api/client";
import { formatDate, formatInstant, formatNumber } from "@/shared/lib/format";
import { valueLabel } from "@/shared/lib/labels";
import table from "@/shared/ui/DataTable.module.css";
import type { Verdict } from "./deliveriesState";
import { t } from "./messages/t";
import styles from "./Reports.module.css";

/** Completed deliveries across requests, each with its request, what inspection says and what became of it. */
export function FoundTable({ rows }: { rows: Schemas["FoundDelivery"][] }) {
  return (
    <table className={table.table}>
      <thead>
        <tr>
          {(["title", "what", "partner", "delivered", "files", "inspection", "due", "sentBack"] as const).map((column) => (
            <th key={column} scope="col" className={column === "files" ? styles.amount : undefined}>
              {t(`column.${column}`)}
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
            <td>{row.delivered_at !== null ? formatInstant(row.delivered_at) : t("before")}</td>
            <td className={styles.amount}>{row.files !== null && formatNumber(row.files)}</td>
            <td>{row.inspection !== null && <Inspection verdict={row.inspection} />}</td>
            <td>
              {row.due_date === null ? t("none") : formatDate(row.due_date)}
              {row.on_time !== null && <span className={styles.line}>{t(row.on_time ? "onTime" : "late")}</span>}
            </td>
            <td>{row.sent_back_at === null ? t("no") : formatInstant(row.sent_back_at)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const icons = { Awaiting: IconClock, Clean: IconCircleCheck, Findings: IconAlertTriangle, Overridden: IconCircleCheck };

function Inspection({ verdict }: { verdict: Verdict }) {
  const Icon = icons[verdict];
  return (
    <span className={styles.verdict} data-verdict={verdict}>
      <Icon size={14} aria-hidden />
      {t(`inspection.${verdict}`)}
    </span>
  );
}
