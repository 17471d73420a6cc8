import { IconAlertTriangle, IconCircleCheck, IconClock } from "@tabler/icons-react";
import type { Schemas } from "@/shared/api/client";
import { formatNumber } from "@/shared/lib/format";
import table from "@/shared/ui/DataTable.module.css";
import { DeliveredCells, OutcomeCells } from "./cells";
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
            <DeliveredCells row={row} />
            <td className={styles.amount}>{row.files !== null && formatNumber(row.files)}</td>
            <td>{row.inspection !== null && <Inspection verdict={row.inspection} />}</td>
            <OutcomeCells row={row} />
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
