import { useState } from "react";
import { t } from "@/shared/i18n/t";
import { PickedTable } from "@/shared/upload/PickedTable";
import styles from "@/shared/upload/Upload.module.css";
import { type Check, type Destination, type Entry, requestOf, undecidedFirst } from "./matching";
import { RequestPicker } from "./RequestPicker";
import { checkText, nameOf } from "./words";

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
  const rows = undecidedFirst(entries.map((entry, i) => ({ entry, checks: checks[i] ?? [] }))).map(({ entry, checks: those }) => ({
    entry,
    remarks: those.map((check) => ({ kind: check.kind, level: check.stop ? ("stop" as const) : ("warning" as const), text: checkText(check) })),
    refusal: refused.get(requestOf(entry, about) ?? ""),
  }));
  const destination = (entry: Entry) => {
    const request = requestOf(entry, about);
    if (choosing === entry.key) {
      return (
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
      );
    }
    return (
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
    );
  };
  return <PickedTable rows={rows} nameOf={(entry) => entry.name} columns={[{ head: t("deliver.request"), width: "42%", cell: destination }]} onRemove={onRemove} />;
}
