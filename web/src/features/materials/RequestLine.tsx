import { ActionIcon, Checkbox, Tooltip } from "@mantine/core";
import { IconAlertTriangle, IconFileUpload } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { valueName } from "@/shared/i18n/values";
import { actorName, formatDate, formatInstant } from "@/shared/lib/format";
import { provide } from "@/shared/lib/providing";
import { rejectionQuery } from "./api/getWaiting";
import type { Row } from "./entries";
import styles from "./MaterialsPage.module.css";
import { t } from "./messages/t";
import { useDropsOn } from "./TitleLine";
import { dueText, urgencyOf } from "./urgency";
import { assetOf } from "./words";

interface Props {
  row: Row;
  title: string; // the key of its title's line
  today: string;
  awaiting: boolean;
  selected: boolean;
  onSelect: (on: boolean) => void;
}

/** A request of an opened title. */
export function RequestLine({ row, title, today, awaiting, selected, onSelect }: Props) {
  const due = row.due_date ?? "";
  const drops = useDropsOn([row.request_id]);
  return (
    <div role="row" aria-level={2} aria-label={`${assetOf(row)}, ${row.request_id}`} tabIndex={-1} data-line data-title={title} data-request={row.request_id} className={`${styles.line} ${styles.inner}`} {...drops}>
      <span role="gridcell" className={styles.check}>
        <Checkbox size="xs" tabIndex={-1} aria-label={t("line.select", { title: `${assetOf(row)}, ${row.request_id}` })} checked={selected} onChange={(event) => onSelect(event.currentTarget.checked)} />
      </span>
      <span role="gridcell" />
      <span role="gridcell" className={styles.due} data-urgency={urgencyOf(due, today)}>
        <span>{formatDate(due)}</span> <span className={styles.relative}>{dueText(due, today)}</span>
      </span>
      <span role="gridcell" className={styles.name}>
        <Link href={"/requests/" + encodeURIComponent(row.request_id)} tabIndex={-1} className={styles.link}>
          {assetOf(row)}
        </Link>{" "}
        <span className={styles.soft}>{row.request_id}</span>
      </span>
      <span role="gridcell" className={styles.types}>
        {row.fulfillment_partner?.name}
      </span>
      <span role="gridcell" className={row.material_status === "Rejected" && awaiting ? styles.rejected : styles.soft}>
        {row.material_status === "Rejected" && awaiting && <IconAlertTriangle size={14} aria-hidden />}
        {valueName(row.material_status ?? "")}
      </span>
      <span role="gridcell" className={styles.why}>
        {row.material_status === "Rejected" && awaiting && <Rejection id={row.request_id} />}
      </span>
      <span role="gridcell" className={styles.action}>
        <Tooltip label={t("line.provideTip")}>
          <ActionIcon size={24} variant="subtle" color="gray" tabIndex={-1} aria-label={t("line.provideFor", { title: `${assetOf(row)}, ${row.request_id}` })} onClick={() => provide({ to: { ids: [row.request_id] } })}>
            <IconFileUpload size={16} />
          </ActionIcon>
        </Tooltip>
      </span>
    </div>
  );
}

/** Why the materials were rejected, and by whom. */
function Rejection({ id }: { id: string }) {
  const { data } = useQuery(rejectionQuery(id));
  if (data === undefined || data === null) return null;
  return <span title={`${data.reason} — ${t("line.rejectedBy", { who: actorName(data.actor), at: formatInstant(data.at) })}`}>{data.reason}</span>;
}
