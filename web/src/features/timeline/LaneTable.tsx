import { Anchor } from "@mantine/core";
import { Link } from "wouter";
import { valueName } from "@/shared/i18n/values";
import { formatDateWithYear, formatInstant } from "@/shared/lib/format";
import { BucketMark } from "@/shared/ui/BucketMark";
import table from "@/shared/ui/DataTable.module.css";
import type { Lane, Mark } from "./api/getTimeline";
import { type Group, insightOf } from "./lanes";
import { t } from "./messages/t";
import styles from "./Timeline.module.css";
import { dueWords, laneName, standingOf } from "./words";

const columns = ["request", "status", "opened", "due", "edd", "deliveries", "redeliveries", "qc", "ended"] as const;

/** The same as the picture, to be read. */
export function LaneTable({ groups, today }: { groups: Group[]; today: string }) {
  return (
    <div className={styles.tableBox}>
      <table className={table.table}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {t(`column.${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {groups.flatMap((group) => group.lanes).map((lane) => (
            <Row key={lane.request_id} lane={lane} today={today} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ lane, today }: { lane: Lane; today: string }) {
  const insight = insightOf(lane);
  const of = (kind: string) => lane.marks.filter((m) => m.kind === kind);
  const ended = lane.marks.filter((m, i) => ["Processed", "Upgraded", "Cancelled"].includes(m.status) && lane.marks[i - 1]?.status !== m.status);
  return (
    <tr>
      <th scope="row" className={styles.rowHead}>
        <Anchor component={Link} href={"/requests/" + encodeURIComponent(lane.request_id)}>
          {laneName(lane, "none")}
        </Anchor>
      </th>
      <td>
        <span className={styles.standing} data-insight={insight}>
          {insight !== undefined && <BucketMark bucket={insight} />}
          {standingOf(lane)}
        </span>
      </td>
      <td>{formatInstant(lane.opened_at)}</td>
      <td>
        {formatDateWithYear(lane.due_date)}
        {dueWords(lane, today) !== undefined && <span className={styles.soft}>{dueWords(lane, today)}</span>}
      </td>
      <td>{formatDateWithYear(lane.estimated_delivery_date)}</td>
      <Moments id={lane.request_id} marks={of("delivery_completed")} />
      <Moments id={lane.request_id} marks={of("redelivery_requested")} />
      <Moments id={lane.request_id} marks={of("quality_control_recorded")} say={(m) => t(m.passed === false ? "notPassed" : "passed")} />
      <Moments id={lane.request_id} marks={ended} say={(m) => valueName(m.status)} />
    </tr>
  );
}

function Moments({ id, marks, say }: { id: string; marks: Mark[]; say?: (mark: Mark) => string }) {
  return (
    <td>
      {marks.map((m) => (
        <span key={m.at + m.kind} className={styles.moment}>
          <Anchor component={Link} href={`/requests/${encodeURIComponent(id)}/history?at=${m.at}`} title={m.summary}>
            {formatInstant(m.at)}
          </Anchor>
          {say !== undefined && ` ${say(m)}`}
        </span>
      ))}
    </td>
  );
}
