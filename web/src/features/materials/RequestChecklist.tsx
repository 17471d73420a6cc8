import { Button, Checkbox, Popover } from "@mantine/core";
import { useState } from "react";
import { valueName } from "@/shared/i18n/values";
import { formatDate, formatNumber } from "@/shared/lib/format";
import uploads from "@/shared/upload/Upload.module.css";
import type { Row } from "./entries";
import styles from "./Provide.module.css";
import { t } from "./messages/t";
import { typesOf } from "./titles";
import { goesTo } from "./words";

interface Props {
  file: string;
  about: readonly Row[];
  to: ReadonlySet<string> | undefined;
  onChange: (to: ReadonlySet<string> | undefined) => void;
}

const most = 300; // that somebody picks from one by one

/** Which of the requests a file goes to. */
export function RequestChecklist({ file, about, to, onChange }: Props) {
  const [opened, setOpened] = useState(false);
  const words = goesTo(about, to);
  if (about.length < 2 || about.length > most) return <span>{words}</span>;
  const chosen = to ?? new Set(about.map((row) => row.request_id));
  const change = (next: ReadonlySet<string>) => onChange(next.size === about.length ? undefined : next);
  const toggle = (ids: readonly string[], on: boolean) => {
    const next = new Set(chosen);
    for (const id of ids) if (on) next.add(id);
      else next.delete(id);
    change(next);
  };
  // Escape closes the list, not the dialog that it is in.
  const stays = { "data-mantine-stop-propagation": opened };
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" width={400} trapFocus returnFocus withinPortal>
      <Popover.Target>
        <button type="button" {...stays} className={uploads.choose} aria-expanded={opened} aria-label={t("dialog.goesToOf", { file, requests: words })} title={t("dialog.choose")} onClick={() => setOpened(!opened)}>
          {words}
        </button>
      </Popover.Target>
      <Popover.Dropdown className={styles.checklist}>
        <span className={styles.checklistHead}>
          {t("dialog.chosenOf", { n: formatNumber(chosen.size), of: formatNumber(about.length) })}
          <Button {...stays} size="compact-xs" variant="default" onClick={() => change(new Set(about.map((row) => row.request_id)))}>
            {t("dialog.all")}
          </Button>
          <Button {...stays} size="compact-xs" variant="default" onClick={() => change(new Set())}>
            {t("dialog.none")}
          </Button>
        </span>
        {typesOf(about).map(({ type }) => {
          const rows = about.filter((row) => (row.source_type ?? "") === type);
          const on = rows.filter((row) => chosen.has(row.request_id)).length;
          return (
            <fieldset key={type} className={styles.checkGroup}>
              <Checkbox {...stays} size="xs" label={rows.length === 1 && rows[0] !== undefined ? labelOf(`${valueName(type)}, ${rows[0].language ?? ""}`, rows[0]) : valueName(type)} checked={on === rows.length} indeterminate={on > 0 && on < rows.length} onChange={() => toggle(rows.map((row) => row.request_id), on < rows.length)} />
              {rows.length > 1 &&
                rows.map((row) => (
                  <Checkbox key={row.request_id} {...stays} size="xs" className={styles.checkOne} label={labelOf(row.language ?? "", row)} checked={chosen.has(row.request_id)} onChange={(event) => toggle([row.request_id], event.currentTarget.checked)} />
                ))}
            </fieldset>
          );
        })}
      </Popover.Dropdown>
    </Popover>
  );
}

function labelOf(name: string, row: Row) {
  return (
    <>
      {name}{" "}
      <span className={uploads.soft}>
        {row.due_date !== undefined && t("page.due", { date: formatDate(row.due_date) })} · {row.request_id}
      </span>
    </>
  );
}
