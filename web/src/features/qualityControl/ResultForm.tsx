import { Button, Input, SegmentedControl } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { ApiProblem, sentence } from "@/shared/api/problem";
import { valueName } from "@/shared/i18n/values";
import type { DeliveredFile } from "@/shared/player/files";
import { FormError } from "@/shared/ui/FormError";
import { useRecordQualityControl } from "./api/recordQualityControl";
import { type Draft, faultsOf, resultOf } from "./draft";
import { IssueFields } from "./IssueFields";
import { t } from "./messages/t";
import styles from "./QualityControl.module.css";

interface Props {
  id: string;
  draft: Draft;
  active: string | undefined; // key of the issue that marks go to
  files: DeliveredFile[];
  onActive: (key: string) => void;
  onChange: (draft: Draft) => void;
  onAdd: () => void;
  onDone: (passed: boolean) => void;
}

/** The verdict and the issues of a check. */
export function ResultForm({ id, draft, active, files, onActive, onChange, onAdd, onDone }: Props) {
  const record = useRecordQualityControl(id);
  const [tried, setTried] = useState(false);
  useHotkeys([["n", onAdd]]);
  const faults = faultsOf(draft);
  const problem = record.error instanceof ApiProblem ? record.error.problem : undefined;
  // The page's own faults show once somebody has tried; the server's wherever it says.
  const faultAt = (field: string): string | undefined => {
    const fault = faults[field];
    if (tried && fault !== undefined) return t(`fault.${fault}`, { rate: draft.rate });
    return problem?.field === field && record.error !== null ? sentence(record.error) : undefined;
  };
  const elsewhere = record.isError && !/^(passed|check|issues)/.test(problem?.field ?? "") ? sentence(record.error) : undefined;
  return (
    <form
      className={styles.form}
      aria-label={t("form.title")}
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (Object.keys(faults).length === 0) record.mutate(resultOf(draft), { onSuccess: () => onDone(draft.verdict === "passed") });
      }}
    >
      <div className={styles.verdict}>
        <Input.Wrapper label={t("form.check")} labelElement="div" error={faultAt("check")}>
          <SegmentedControl fullWidth size="xs" aria-label={t("form.check")} value={draft.check} data={(["Full", "Spot", "Fix"] as const).map((value) => ({ value, label: valueName(value) }))} onChange={(check) => onChange({ ...draft, check: check as Draft["check"] })} />
        </Input.Wrapper>
        <Input.Wrapper label={t("form.verdict")} labelElement="div" error={faultAt("passed")}>
          <SegmentedControl
            fullWidth
            size="xs"
            aria-label={t("form.verdict")}
            value={draft.verdict}
            data={[
              { value: "passed", label: t("form.passed") },
              { value: "failed", label: t("form.failed") },
            ]}
            onChange={(verdict) => onChange({ ...draft, verdict: verdict as Draft["verdict"] })}
          />
        </Input.Wrapper>
      </div>
      <div className={styles.issuesHead}>
        <h2 className={styles.heading}>{t("form.issues", { n: draft.issues.length })}</h2>
        <Button size="compact-xs" variant="default" leftSection={<IconPlus size={14} aria-hidden />} title={t("form.addTip")} onClick={onAdd}>
          {t("form.add")}
        </Button>
      </div>
      {draft.issues.length === 0 && <p className={styles.soft}>{t("form.noIssues")}</p>}
      {draft.issues.map((issue, i) => (
        <IssueFields
          key={issue.key}
          issue={issue}
          number={i + 1}
          active={issue.key === active}
          files={files}
          rate={draft.rate}
          faultAt={(field) => faultAt(`issues[${i}].${field}`)}
          onActive={() => onActive(issue.key)}
          onChange={(next) => onChange({ ...draft, issues: draft.issues.map((one) => (one.key === issue.key ? next : one)) })}
          onRemove={() => onChange({ ...draft, issues: draft.issues.filter((one) => one.key !== issue.key) })}
        />
      ))}
      <FormError>{faultAt("issues") ?? elsewhere}</FormError>
      <div className={styles.buttons}>
        <span className={styles.soft}>{t("form.kept")}</span>
        <Button type="submit" loading={record.isPending}>
          {t("form.record")}
        </Button>
      </div>
    </form>
  );
}
