import { ActionIcon, Tooltip } from "@mantine/core";
import { IconAlertCircle, IconAlertTriangle, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { t } from "@/shared/i18n/t";
import { formatNumber, formatSize } from "@/shared/lib/format";
import { FileName } from "@/shared/upload/FileName";
import { t as words } from "@/shared/upload/messages/t";
import styles from "@/shared/upload/Upload.module.css";
import own from "./Deliver.module.css";
import { type Check, type Destination, type Entry, requestOf, undecidedFirst } from "./matching";
import { RequestPicker } from "./RequestPicker";
import { checkText, nameOf } from "./words";

const shown = 200; // what has to be decided comes first, so the others may be counted

interface Props {
  entries: readonly Entry[];
  checks: readonly Check[][];
  refused: ReadonlyMap<string, string>; // why, by request
  about: readonly string[];
  known: ReadonlyMap<string, Destination>;
  onChoose: (key: number, request: Destination) => void;
  onRemove: (key: number) => void;
}

/** Files, where each of them goes, and what is to be said of it before. */
export function EntryTable({ entries, checks, refused, about, known, onChoose, onRemove }: Props) {
  const [choosing, setChoosing] = useState<number>();
  const rows = undecidedFirst(entries.map((entry, i) => ({ entry, checks: checks[i] ?? [] })));
  return (
    <>
      <table className={`${styles.table} ${own.entries}`}>
        <thead>
          <tr>
            <th scope="col">{words("file")}</th>
            <th scope="col" className={styles.right}>
              {words("size")}
            </th>
            <th scope="col">{t("deliver.request")}</th>
            <th scope="col">
              <span className="sr-only">{words("leaveOut")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, shown).map(({ entry, checks }) => {
            const request = requestOf(entry, about);
            const refusal = request === undefined ? undefined : refused.get(request);
            return (
              <tr key={entry.key}>
                <td className={styles.name}>
                  <FileName name={entry.name} />
                  {checks.map((check) => (
                    <span key={check.kind} className={check.stop ? styles.stop : styles.warning}>
                      {check.stop ? <IconAlertCircle size={14} aria-hidden /> : <IconAlertTriangle size={14} aria-hidden />}
                      {checkText(check)}
                    </span>
                  ))}
                  {refusal !== undefined && (
                    <span role="alert" className={styles.stop}>
                      <IconAlertCircle size={14} aria-hidden />
                      {refusal}
                    </span>
                  )}
                </td>
                <td className={styles.right}>{formatSize(entry.file.size)}</td>
                <td className={styles.to}>
                  {choosing === entry.key ? (
                    <RequestPicker
                      file={entry.name}
                      match={entry.match}
                      about={about.flatMap((id) => known.get(id) ?? [])}
                      present={request}
                      onPick={(picked) => {
                        setChoosing(undefined);
                        if (picked !== undefined) onChoose(entry.key, picked);
                      }}
                    />
                  ) : (
                    <button
                      type="button"
                      className={styles.choose}
                      data-none={request === undefined || undefined}
                      title={t("deliver.chooseRequest")}
                      aria-label={request === undefined ? t("deliver.chooseRequestFor", { name: entry.name }) : t("deliver.changeRequest", { request: nameOf(known.get(request), request), name: entry.name })}
                      onClick={() => setChoosing(entry.key)}
                    >
                      {request === undefined ? t("deliver.chooseRequest") : nameOf(known.get(request), request)}
                      {request !== undefined && <span className={styles.id}>{request}</span>}
                    </button>
                  )}
                </td>
                <td className={styles.tools}>
                  <Tooltip label={words("leaveOut")}>
                    <ActionIcon size={24} variant="subtle" color="gray" aria-label={words("leaveOutOf", { name: entry.name })} onClick={() => onRemove(entry.key)}>
                      <IconX size={14} />
                    </ActionIcon>
                  </Tooltip>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {rows.length > shown && <p className={styles.note}>{words("moreFiles", { count: rows.length - shown, n: formatNumber(rows.length - shown) })}</p>}
    </>
  );
}
