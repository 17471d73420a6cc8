import { Button, Popover } from "@mantine/core";
import { IconAlertOctagon, IconAlertTriangle, IconInfoCircle } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { issueHelpPage, issueHelpQuery } from "@/shared/api/issueHelp";
import { type QualityControls, qualityControlsQuery } from "@/shared/api/request/getQualityControls";
import { valueName } from "@/shared/i18n/values";
import { actorName, formatInstant } from "@/shared/lib/format";
import { playerHref, popOut } from "@/shared/player/popOut";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import { AnswerDialog } from "./AnswerDialog";
import { qualityControlsAsOf } from "./asOf";
import { t } from "./messages/t";
import styles from "./Records.module.css";

type Issue = QualityControls["quality_controls"][number]["issues"][number];

interface Props {
  id: string;
  at: string | undefined;
  checks: boolean; // whether the one who looks may record a result now
}

/** What quality control found, what it means, and what is said to it. */
export function QualityControlTab({ id, at, checks }: Props) {
  const results = useQuery(qualityControlsQuery(id));
  const [answering, setAnswering] = useState<Issue>();
  if (results.isError && results.data === undefined) return <ProblemNotice error={results.error} title={t("qc.shownNot")} onRetry={() => void results.refetch()} />;
  const shown = qualityControlsAsOf(results.data?.quality_controls ?? [], at).toReversed();
  return (
    <div className={styles.records} aria-busy={results.isPending || undefined}>
      {checks && (
        <div>
          <Button component={Link} href={"/quality-control/" + encodeURIComponent(id)} size="compact-sm" variant="default">
            {t("qc.check")}
          </Button>
        </div>
      )}
      {results.isSuccess && shown.length === 0 && <p className={styles.empty}>{t(at === undefined ? "qc.none" : "qc.nonePast")}</p>}
      {shown.map((r) => (
        <section key={r.id} className={styles.record}>
          <h2 className={styles.title}>
            {t("qc.title", { check: valueName(r.check) })} <span className={styles.state}>{t(r.passed ? "qc.passed" : "qc.failed")}</span>
          </h2>
          <p className={styles.facts}>{t("qc.recorded", { at: formatInstant(r.recorded_at), who: actorName(r.recorded_by) })}</p>
          {r.issues.length > 0 && (
            <div className={styles.scroller}>
              <table className={styles.table}>
                <thead>
                  <tr>
                    <th scope="col">{t("qc.severity")}</th>
                    <th scope="col">{t("qc.timecode")}</th>
                    <th scope="col">{t("qc.issue")}</th>
                    <th scope="col">{t("qc.answer")}</th>
                  </tr>
                </thead>
                <tbody>
                  {r.issues.map((i) => (
                    <tr key={i.id}>
                      <td className={styles.severity} data-severity={i.severity}>
                        <Mark severity={i.severity} /> {valueName(i.severity)}
                      </td>
                      <td className={styles.timecode}>
                        <Timecode id={id} issue={i} />
                      </td>
                      <td>
                        {i.description}
                        <span className={styles.note}>
                          {valueName(i.category)} · {i.help === null ? i.code : <Meaning path={i.help} code={i.code} />}
                        </span>
                      </td>
                      <td>
                        <Answered issue={i} />
                        {at === undefined && i.answerable && (
                          <div>
                            <Button size="compact-xs" variant="default" aria-label={t("qc.answerThis", { code: i.code })} onClick={() => setAnswering(i)}>
                              {t(i.answer === null ? "qc.give" : "qc.change")}
                            </Button>
                          </div>
                        )}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )}
        </section>
      ))}
      {answering !== undefined && <AnswerDialog id={id} issue={answering} onClose={() => setAnswering(undefined)} />}
    </div>
  );
}

/** Each severity has a shape of its own. */
function Mark({ severity }: { severity: Issue["severity"] }) {
  const Icon = { FYI: IconInfoCircle, Issue: IconAlertTriangle, Blocker: IconAlertOctagon }[severity];
  return <Icon size={14} className={styles.mark ?? ""} aria-hidden />;
}

/** The timecodes; where it is known which frame that is, they lead there. */
function Timecode({ id, issue: i }: { id: string; issue: Issue }) {
  if (i.timecode_in === null) return null;
  const text = i.timecode_out === null ? i.timecode_in : `${i.timecode_in} – ${i.timecode_out}`;
  if (i.frame_in === null || i.delivery_id === null) return <span title={t("qc.noFrame")}>{text}</span>;
  const place = { request: id, delivery: i.delivery_id, file: i.file_id, frame: i.frame_in, rate: i.frame_rate };
  return (
    <a
      href={playerHref(place)}
      target="_blank"
      rel="opener"
      title={t("qc.play")}
      className={styles.play}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return;
        event.preventDefault();
        popOut(place);
      }}
    >
      {text}
    </a>
  );
}

function Answered({ issue: i }: { issue: Issue }) {
  return (
    <>
      {i.answer === null ? <span className={styles.state}>{t("qc.noAnswer")}</span> : valueName(i.answer)}
      {i.answered_by !== null && i.answered_at !== null && (
        <span className={styles.note}>
          {actorName(i.answered_by)}, {formatInstant(i.answered_at)}
          {i.note !== null && i.note !== "" && `: ${i.note}`}
        </span>
      )}
      {i.confirmed_at !== null && <span className={styles.note}>{t("qc.fixed", { at: formatInstant(i.confirmed_at) })}</span>}
    </>
  );
}

/** A code, which opens what it means and how it is put right. */
function Meaning({ path, code }: { path: string; code: string }) {
  const [opened, setOpened] = useState(false);
  const help = useQuery({ ...issueHelpQuery(path.slice(path.lastIndexOf("/") + 1)), enabled: opened });
  return (
    <Popover width={400} withArrow opened={opened} onChange={setOpened} trapFocus={false}>
      <Popover.Target>
        <button type="button" className={styles.code} onClick={() => setOpened(!opened)}>
          {code}
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        {help.isError && <ProblemNotice error={help.error} onRetry={() => void help.refetch()} />}
        {help.data !== undefined && (
          <>
            <p className={styles.helpText}>{help.data.meaning}</p>
            <p className={styles.helpText}>{help.data.fixing}</p>
          </>
        )}
        <p className={styles.helpText}>
          <Link href={issueHelpPage(path)} className={styles.play}>{t("qc.article")}</Link>
        </p>
      </Popover.Dropdown>
    </Popover>
  );
}
