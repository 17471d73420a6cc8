import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import type { QualityControls } from "@/shared/api/request/getQualityControls";
import { valueName } from "@/shared/i18n/values";
import { formatInstant } from "@/shared/lib/format";
import { sameTitleQuery } from "./api/getSameTitle";
import { t } from "./messages/t";
import styles from "./QualityControl.module.css";

/** What was found before in the request, with what became of it, and what is open in others of its title. */
export function PreviousIssues({ id, movie, checks }: { id: string; movie: string; checks: QualityControls["quality_controls"] }) {
  const others = (useQuery(sameTitleQuery(movie)).data?.rows ?? []).filter((row) => row.request_id !== id);
  return (
    <section className={styles.previous} aria-label={t("previous.title")}>
      <h2 className={styles.heading}>{t("previous.title")}</h2>
      {checks.length === 0 && <p className={styles.soft}>{t("previous.none")}</p>}
      <ul className={styles.plain}>
        {checks.toReversed().map((check) => (
          <li key={check.id}>
            <p className={styles.soft}>
              {t(check.passed ? "previous.passed" : "previous.failed", { check: valueName(check.check), at: formatInstant(check.recorded_at) })}
            </p>
            <ul className={styles.plain}>
              {check.issues.map((issue) => (
                <li key={issue.id}>
                  {valueName(issue.severity)} · {issue.code} {issue.timecode_in}: {issue.description}{" "}
                  <span className={styles.soft}>{issue.confirmed_at !== null ? t("previous.fixed", { at: formatInstant(issue.confirmed_at) }) : issue.answer === null ? t("previous.unanswered") : valueName(issue.answer)}</span>
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
      {others.length > 0 && (
        <>
          <h2 className={styles.heading}>{t("previous.sameTitle")}</h2>
          <ul className={styles.plain}>
            {others.map((row) => (
              <li key={row.request_id}>
                <Link href={`/requests/${encodeURIComponent(row.request_id)}/quality-control`} className={styles.link}>
                  {valueName(row.source_type ?? "")} · {row.language}
                </Link>{" "}
                <span className={styles.soft}>{row.issues?.join(", ")}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
