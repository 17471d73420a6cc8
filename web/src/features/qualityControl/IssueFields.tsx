import { ActionIcon, NativeSelect, Select, Textarea, TextInput, Tooltip } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { issueHelpPage } from "@/shared/api/issueHelp";
import { valueName } from "@/shared/i18n/values";
import { type Rate, readTimecode } from "@/shared/lib/timecode";
import type { DeliveredFile } from "@/shared/player/files";
import { issueTypesQuery } from "@/shared/api/issueTypes";
import type { DraftIssue } from "./draft";
import { t } from "./messages/t";
import styles from "./QualityControl.module.css";

interface Props {
  issue: DraftIssue;
  number: number;
  active: boolean;
  files: DeliveredFile[];
  rate: Rate;
  faultAt: (field: string) => string | undefined;
  onActive: () => void;
  onChange: (issue: DraftIssue) => void;
  onRemove: () => void;
}

/** An issue as it is entered. */
export function IssueFields({ issue, number, active, files, rate, faultAt, onActive, onChange, onRemove }: Props) {
  const types = useQuery(issueTypesQuery).data?.issue_types ?? [];
  const type = types.find((one) => one.code === issue.code);
  const categories = [...new Set(types.map((one) => one.category))];
  // Digits alone become the timecode that they stand for.
  const written = (field: "in" | "out") => {
    const read = readTimecode(rate, issue[field]);
    if ("text" in read && read.text !== issue[field]) onChange({ ...issue, [field]: read.text });
  };
  return (
    <fieldset className={styles.issue} data-active={active || undefined} onFocus={onActive}>
      <legend className="sr-only">{t("issue.number", { n: number })}</legend>
      <div className={styles.issueHead} aria-hidden>
        {t("issue.number", { n: number })}
      </div>
      <Tooltip label={t("issue.remove", { n: number })}>
        <ActionIcon className={styles.remove} variant="subtle" color="gray" aria-label={t("issue.remove", { n: number })} onClick={onRemove}>
          <IconTrash size={16} />
        </ActionIcon>
      </Tooltip>
      <Select
        size="xs"
        className={styles.wide}
        label={t("issue.type")}
        placeholder={t("issue.typeSearch")}
        searchable
        autoFocus={active && issue.code === "" && issue.in === ""}
        nothingFoundMessage={t("issue.typeNone")}
        comboboxProps={{ withinPortal: false }}
        data={categories.map((category) => ({ group: valueName(category), items: types.filter((one) => one.category === category).map((one) => ({ value: one.code, label: one.code })) }))}
        value={issue.code === "" ? null : issue.code}
        error={faultAt("code")}
        onChange={(code) => onChange({ ...issue, code: code ?? "", severity: issue.severity === "" ? (types.find((one) => one.code === code)?.severity ?? "") : issue.severity })}
      />
      {type !== undefined && (
        <p className={styles.wide + " " + styles.soft}>
          {type.meaning}{" "}
          <a href={issueHelpPage(type.help)} target="_blank" rel="noreferrer" className={styles.link}>
            {t("issue.help")}
          </a>
        </p>
      )}
      <NativeSelect size="xs" label={t("issue.severity")} value={issue.severity} error={faultAt("severity")} data={[{ value: "", label: "" }, ...["FYI", "Issue", "Blocker"].map((value) => ({ value, label: valueName(value) }))]} onChange={(event) => onChange({ ...issue, severity: event.currentTarget.value as DraftIssue["severity"] })} />
      <NativeSelect size="xs" label={t("issue.file")} value={issue.file} error={faultAt("file_id")} data={[{ value: "", label: t("issue.noFile") }, ...files.map((f) => ({ value: f.id, label: f.name }))]} onChange={(event) => onChange({ ...issue, file: event.currentTarget.value })} />
      <TextInput size="xs" classNames={{ input: styles.timecode ?? "" }} label={t("issue.in")} placeholder={rate.endsWith("DF") ? "00:00:00;00" : "00:00:00:00"} value={issue.in} error={faultAt("timecode_in")} onChange={(event) => onChange({ ...issue, in: event.currentTarget.value })} onBlur={() => written("in")} />
      <TextInput size="xs" classNames={{ input: styles.timecode ?? "" }} label={t("issue.out")} placeholder={rate.endsWith("DF") ? "00:00:00;00" : "00:00:00:00"} value={issue.out} error={faultAt("timecode_out")} onChange={(event) => onChange({ ...issue, out: event.currentTarget.value })} onBlur={() => written("out")} />
      <Textarea size="xs" className={styles.wide} label={t("issue.description")} autosize minRows={2} maxRows={8} maxLength={2000} value={issue.description} error={faultAt("description")} onChange={(event) => onChange({ ...issue, description: event.currentTarget.value })} />
    </fieldset>
  );
}
