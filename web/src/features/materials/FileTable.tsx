import { NativeSelect } from "@mantine/core";
import { valueName } from "@/shared/i18n/values";
import { baseName } from "@/shared/upload/continues";
import { PickedTable } from "@/shared/upload/PickedTable";
import type { Check, Entry, Row } from "./entries";
import { type MaterialKind, kinds } from "./kinds";
import { t } from "./messages/t";
import styles from "./Provide.module.css";
import { RequestChecklist } from "./RequestChecklist";
import { checkText } from "./words";

interface Props {
  entries: readonly Entry[];
  checks: readonly Check[][];
  about: readonly Row[];
  onChange: (key: number, change: Partial<Entry>) => void;
  onRemove: (key: number) => void;
}

/** Files, what kind of material each is, which requests it goes to, and what is to be said of it before. */
export function FileTable({ entries, checks, about, onChange, onRemove }: Props) {
  const rows = entries.map((entry, i) => ({
    entry,
    remarks: (checks[i] ?? []).map((check) => ({ kind: check.kind, level: check.level, text: checkText(check) })),
    refusal: entry.refusal,
  }));
  // What has to be mended comes first.
  const rank = ({ remarks }: (typeof rows)[number]) => (remarks.some((one) => one.level === "stop") ? 0 : 1);
  return (
    <PickedTable
      rows={rows.toSorted((a, b) => rank(a) - rank(b))}
      nameOf={(entry) => baseName(entry.name)}
      columns={[
        {
          head: t("dialog.kind"),
          width: "124px",
          cell: (entry) => (
            <NativeSelect size="xs" className={styles.kind} aria-label={t("dialog.kindOf", { file: baseName(entry.name) })} data={kinds.map((kind) => ({ value: kind, label: valueName(kind) }))} value={entry.kind} onChange={(event) => onChange(entry.key, { kind: event.currentTarget.value as MaterialKind })} />
          ),
        },
        {
          head: t("dialog.goesTo"),
          width: "30%",
          cell: (entry) => <RequestChecklist file={baseName(entry.name)} about={about} to={entry.to} onChange={(to) => onChange(entry.key, { to })} />,
        },
      ]}
      onRemove={onRemove}
    />
  );
}
