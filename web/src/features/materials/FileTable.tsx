import { ActionIcon, NativeSelect, Tooltip } from "@mantine/core";
import { IconAlertCircle, IconAlertTriangle, IconReplace, IconX } from "@tabler/icons-react";
import { valueName } from "@/shared/i18n/values";
import { formatNumber, formatSize } from "@/shared/lib/format";
import { baseName } from "@/shared/upload/continues";
import { FileName } from "@/shared/upload/FileName";
import { t as words } from "@/shared/upload/messages/t";
import uploads from "@/shared/upload/Upload.module.css";
import type { Check, Entry, Row } from "./entries";
import { type MaterialKind, kinds } from "./kinds";
import { t } from "./messages/t";
import styles from "./Provide.module.css";
import { RequestChecklist } from "./RequestChecklist";
import { checkText } from "./words";

const shown = 200; // what has to be mended comes first, so the others may be counted

interface Props {
  entries: readonly Entry[];
  checks: readonly Check[][];
  about: readonly Row[];
  onChange: (key: number, change: Partial<Entry>) => void;
  onRemove: (key: number) => void;
}

/** Files, what kind of material each is, which requests it goes to, and what is to be said of it before. */
export function FileTable({ entries, checks, about, onChange, onRemove }: Props) {
  const rank = (those: readonly Check[]) => (those.some((c) => c.level === "stop") ? 0 : 1);
  const rows = entries.map((entry, i) => ({ entry, those: checks[i] ?? [] })).toSorted((a, b) => rank(a.those) - rank(b.those));
  return (
    <>
      <table className={`${uploads.table} ${styles.files}`}>
        <thead>
          <tr>
            <th scope="col">{words("file")}</th>
            <th scope="col" className={uploads.right}>
              {words("size")}
            </th>
            <th scope="col">{t("dialog.kind")}</th>
            <th scope="col">{t("dialog.goesTo")}</th>
            <th scope="col">
              <span className="sr-only">{words("leaveOut")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, shown).map(({ entry, those }) => {
            const name = baseName(entry.name);
            return (
              <tr key={entry.key}>
                <td>
                  <FileName name={entry.name} />
                  {those.map((check) => (
                    <CheckLine key={check.kind} check={check} />
                  ))}
                  {entry.refusal !== undefined && (
                    <span role="alert" className={uploads.stop}>
                      <IconAlertCircle size={14} aria-hidden />
                      {entry.refusal}
                    </span>
                  )}
                </td>
                <td className={uploads.right}>{formatSize(entry.file.size)}</td>
                <td>
                  <NativeSelect size="xs" className={styles.kind} aria-label={t("dialog.kindOf", { file: name })} data={kinds.map((kind) => ({ value: kind, label: valueName(kind) }))} value={entry.kind} onChange={(event) => onChange(entry.key, { kind: event.currentTarget.value as MaterialKind })} />
                </td>
                <td className={styles.to}>
                  <RequestChecklist file={name} about={about} to={entry.to} onChange={(to) => onChange(entry.key, { to })} />
                </td>
                <td className={uploads.tools}>
                  <Tooltip label={words("leaveOut")}>
                    <ActionIcon size={24} variant="subtle" color="gray" aria-label={words("leaveOutOf", { name })} onClick={() => onRemove(entry.key)}>
                      <IconX size={14} />
                    </ActionIcon>
                  </Tooltip>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {rows.length > shown && <p className={uploads.note}>{words("moreFiles", { count: rows.length - shown, n: formatNumber(rows.length - shown) })}</p>}
    </>
  );
}

function CheckLine({ check }: { check: Check }) {
  const Icon = { stop: IconAlertCircle, warning: IconAlertTriangle, note: IconReplace }[check.level];
  return (
    <span className={{ stop: uploads.stop, warning: uploads.warning, note: styles.remark }[check.level]}>
      <Icon size={14} aria-hidden />
      {checkText(check)}
    </span>
  );
}
