import type { Schemas } from "@/shared/api/client";
import table from "@/shared/ui/DataTable.module.css";
import { DeliveredCells, OutcomeCells } from "./cells";
import { t } from "./messages/t";
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
            <DeliveredCells row={row} />
            <OutcomeCells row={row} />
            {blockers && <td>{row.blocker_seconds === null ? t("none") : formatDuration(row.blocker_seconds)}</td>}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
