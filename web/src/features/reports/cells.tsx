import { Anchor } from "@mantine/core";
import { Link } from "wouter";
import type { Schemas } from "@/shared/api/client";
import { formatDate, formatInstant } from "@/shared/lib/format";
import { valueLabel } from "@/shared/lib/labels";
import { t } from "./messages/t";
import styles from "./Reports.module.css";

type Delivery = Schemas["FoundDelivery"] | Schemas["FigureRequest"];

/** What was delivered, by whom and when: the cells that each table of deliveries begins with. */
export function DeliveredCells({ row }: { row: Delivery }) {
  return (
    <>
      <td>
        <Anchor component={Link} href={`/requests/${encodeURIComponent(row.request_id)}/deliveries`}>
          {row.title ?? row.request_id}
        </Anchor>
        <span className={styles.line}>{t("nth", { id: row.request_id, n: row.delivery })}</span>
      </td>
      <td>{[row.source_type, row.language].flatMap((one) => (one === null ? [] : [valueLabel("", one)])).join(" · ")}</td>
      <td className={styles.partner} title={row.fulfillment_partner?.name}>
        {row.fulfillment_partner?.name ?? t("none")}
      </td>
      <td className={styles.date}>{row.delivered_at !== null ? formatInstant(row.delivered_at) : t("before")}</td>
    </>
  );
}

/** When it was due, and whether it was sent back. */
export function OutcomeCells({ row }: { row: Delivery }) {
  return (
    <>
      <td className={styles.date}>
        {row.due_date === null ? t("none") : formatDate(row.due_date)}
        {row.on_time !== null && <span className={styles.line}>{t(row.on_time ? "onTime" : "late")}</span>}
      </td>
      <td className={styles.date}>{row.sent_back_at === null ? t("no") : formatInstant(row.sent_back_at)}</td>
    </>
  );
}
