import { Button, Checkbox } from "@mantine/core";
import { IconAlertTriangle, IconChevronRight, IconFileUpload } from "@tabler/icons-react";
import { useState } from "react";
import { valueName } from "@/shared/i18n/values";
import { formatDate, formatNumber } from "@/shared/lib/format";
import { provide } from "@/shared/lib/providing";
import { shortTitle } from "@/shared/lib/shortTitle";
import { takeDropped } from "@/shared/upload/takeDropped";
import styles from "./MaterialsPage.module.css";
import { t } from "./messages/t";
import { RequestLine } from "./RequestLine";
import { type TitleGroup, typesOf } from "./titles";
import { dueText, urgencyOf } from "./urgency";

interface Props {
  group: TitleGroup;
  today: string;
  awaiting: boolean; // whether the requests wait for materials
  opened: boolean;
  tabbable: boolean;
  selected: ReadonlySet<string>;
  onOpen: (on: boolean) => void;
  onSelect: (ids: readonly string[], on: boolean) => void;
}

const named = 4; // source types

/** What one title waits for; opened, its requests. Files can be dropped on it. */
export function TitleLine({ group, today, awaiting, opened, tabbable, selected, onOpen, onSelect }: Props) {
  const ids = group.rows.map((row) => row.request_id);
  const on = ids.filter((id) => selected.has(id)).length;
  const rejected = awaiting ? group.rows.filter((row) => row.material_status === "Rejected").length : 0;
  const types = typesOf(group.rows);
  const drops = useDropsOn(ids);
  return (
    <>
      <div
        role="row"
        aria-expanded={opened}
        aria-level={1}
        aria-label={`${group.title}, ${t("line.waiting", { count: ids.length, n: formatNumber(ids.length) })}, ${dueText(group.due, today)}`}
        tabIndex={tabbable ? 0 : -1}
        data-line
        data-title={group.key}
        className={styles.line}
        {...drops}
        onClick={(event) => {
          if ((event.target as HTMLElement).closest("a, button, input, label") === null) onOpen(!opened);
        }}
      >
        <span role="gridcell" className={styles.check}>
          <Checkbox size="xs" tabIndex={-1} aria-label={t("line.select", { title: group.title })} checked={on === ids.length} indeterminate={on > 0 && on < ids.length} onChange={() => onSelect(ids, on < ids.length)} />
        </span>
        <span role="gridcell">
          <button type="button" tabIndex={-1} className={styles.chevron} data-opened={opened || undefined} aria-label={t(opened ? "line.close" : "line.open", { title: group.title })} title={t(opened ? "line.close" : "line.open", { title: group.title })} onClick={() => onOpen(!opened)}>
            <IconChevronRight size={16} aria-hidden />
          </button>
        </span>
        <span role="gridcell" className={styles.due} data-urgency={urgencyOf(group.due, today)}>
          <span>{formatDate(group.due)}</span> <span className={styles.relative}>{dueText(group.due, today)}</span>
        </span>
        <span role="gridcell" className={styles.name} title={group.title}>
          <strong>{shortTitle(group.title)}</strong> <span className={styles.soft}>{t("dialog.package", { id: group.packageId })}</span>
        </span>
        <span role="gridcell" className={styles.types}>
          {types
            .slice(0, named)
            .map(({ type, count }) => (count === 1 ? valueName(type) : `${valueName(type)} ${formatNumber(count)}`))
            .join(" · ")}
          {types.length > named && ` · ${t("line.more", { n: formatNumber(types.length - named) })}`}
        </span>
        <span role="gridcell" className={styles.rejected}>
          {rejected > 0 && (
            <>
              <IconAlertTriangle size={14} aria-hidden />
              {t("line.rejected", { count: rejected, n: formatNumber(rejected) })}
            </>
          )}
        </span>
        <span role="gridcell" className={styles.number}>
          {t("line.waiting", { count: ids.length, n: formatNumber(ids.length) })}
        </span>
        <span role="gridcell" className={styles.action}>
          <Button size="compact-xs" variant="default" tabIndex={tabbable ? 0 : -1} leftSection={<IconFileUpload size={14} aria-hidden />} title={t("line.provideTip")} aria-label={t("line.provideFor", { title: group.title })} onClick={() => provide({ to: { ids } })}>
            {t("line.provide")}
          </Button>
        </span>
      </div>
      {opened && group.rows.map((row) => <RequestLine key={row.request_id} row={row} title={group.key} today={today} awaiting={awaiting} selected={selected.has(row.request_id)} onSelect={(next) => onSelect([row.request_id], next)} />)}
    </>
  );
}

/** Lets files be dropped on a line. */
export function useDropsOn(ids: readonly string[]) {
  const [over, setOver] = useState(false);
  const hasFiles = (event: React.DragEvent) => event.dataTransfer.types.includes("Files");
  return {
    "data-over": over || undefined,
    onDragOver: (event: React.DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setOver(true);
    },
    onDragLeave: () => setOver(false),
    onDrop: (event: React.DragEvent) => {
      setOver(false);
      if (!hasFiles(event)) return;
      event.preventDefault();
      takeDropped(event.dataTransfer, (files) => provide({ to: { ids: [...ids] }, files }));
    },
  };
}
