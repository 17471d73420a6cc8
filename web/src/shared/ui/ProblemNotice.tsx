import { Button } from "@mantine/core";
import { IconAlertCircle } from "@tabler/icons-react";
import { ApiProblem, sentence } from "@/shared/api/problem";
import { t } from "@/shared/i18n/t";
import styles from "./ProblemNotice.module.css";

interface Props {
  error: unknown;
  title?: string;
  onRetry?: () => void;
}

/** What went wrong, in the server's words, and what would be right. */
export function ProblemNotice({ error, title = t("common.didNotWork"), onRetry }: Props) {
  const problem = error instanceof ApiProblem ? error.problem : undefined;
  // What the sentence says already needs no list, and a refusal stays one.
  const allowed = (problem?.allowed ?? []).filter((value) => !problem?.detail.includes(value));
  const mayPass = problem === undefined || problem.status >= 500;
  return (
    <div role="alert" className={styles.notice}>
      <IconAlertCircle size={16} className={styles.icon} aria-hidden />
      <div className={styles.text}>
        <strong>{title}</strong>
        <p>{sentence(error)}</p>
        {allowed.length > 0 && <p className={styles.allowed}>{t("common.accepted", { values: allowed.join(", ") })}</p>}
        {problem?.request !== undefined && <p className={styles.allowed}>{t("common.inTheLog", { id: problem.request })}</p>}
      </div>
      {onRetry !== undefined && mayPass && (
        <Button variant="default" size="xs" onClick={onRetry}>
          {t("common.tryAgain")}
        </Button>
      )}
    </div>
  );
}
