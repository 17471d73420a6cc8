import { ActionIcon, Tooltip } from "@mantine/core";
import { IconAlertCircle, IconAlertTriangle, IconReplace, IconX } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { formatNumber, formatSize } from "@/shared/lib/format";
import { FileName } from "./FileName";
import { t } from "./messages/t";
import type { Picked } from "./picked";
import styles from "./Upload.module.css";

const shown = 200; // what has to be decided comes first, so the others may be counted

/** What is to be said of a file before it is sent. */
export interface Remark {
  kind: string;
  level: "stop" | "warning" | "note";
  text: string;
}

/** A file that was picked, as its row shows it. */
export interface PickedRow<E> {
  entry: E;
  remarks: readonly Remark[];
  refusal: string | undefined; // of the server
}

interface Props<E> {
  rows: readonly PickedRow<E>[];
  nameOf: (entry: E) => string; // what its controls call it
  columns: { head: string; width: string; cell: (entry: E) => ReactNode }[]; // between its size and leaving it out
  onRemove: (key: number) => void;
}

/** Files that were picked, what is to be said of each, and what becomes of it. */
export function PickedTable<E extends Picked & { key: number }>({ rows, nameOf, columns, onRemove }: Props<E>) {
  return (
    <>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t("file")}</th>
            <th scope="col" className={`${styles.right} ${styles.size}`}>
              {t("size")}
            </th>
            {columns.map(({ head, width }) => (
              <th key={head} scope="col" style={{ width }}>
                {head}
              </th>
            ))}
            <th scope="col" className={styles.tools}>
              <span className="sr-only">{t("leaveOut")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, shown).map(({ entry, remarks, refusal }) => (
            <tr key={entry.key}>
              <td>
                <FileName name={entry.name} />
                {remarks.map((remark) => (
                  <RemarkLine key={remark.kind} level={remark.level}>
                    {remark.text}
                  </RemarkLine>
                ))}
                {refusal !== undefined && (
                  <RemarkLine level="stop" role="alert">
                    {refusal}
                  </RemarkLine>
                )}
              </td>
              <td className={styles.right}>{formatSize(entry.file.size)}</td>
              {columns.map(({ head, cell }) => (
                <td key={head}>{cell(entry)}</td>
              ))}
              <td className={styles.tools}>
                <Tooltip label={t("leaveOut")}>
                  <ActionIcon size={24} variant="subtle" color="gray" aria-label={t("leaveOutOf", { name: nameOf(entry) })} onClick={() => onRemove(entry.key)}>
                    <IconX size={14} />
                  </ActionIcon>
                </Tooltip>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > shown && <p className={styles.note}>{t("moreFiles", { count: rows.length - shown, n: formatNumber(rows.length - shown) })}</p>}
    </>
  );
}

function RemarkLine({ level, role, children }: { level: Remark["level"]; role?: "alert"; children: ReactNode }) {
  const Icon = { stop: IconAlertCircle, warning: IconAlertTriangle, note: IconReplace }[level];
  return (
    <span role={role} className={{ stop: styles.stop, warning: styles.warning, note: styles.remark }[level]}>
      <Icon size={14} aria-hidden />
      {children}
    </span>
  );
}
