import { Button, Progress } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { Link, useParams } from "wouter";
import { useIntent } from "@/shared/api/intent";
import { asSentence, sentence } from "@/shared/api/problem";
import type { Session } from "@/shared/api/session";
import { stopJob } from "@/shared/jobs/stopJob";
import { useWatch } from "@/shared/jobs/useWatch";
import { actorName, formatInstant, formatNumber, formatSize } from "@/shared/lib/format";
import { FormError } from "@/shared/ui/FormError";
import { Page } from "@/shared/ui/Page";
import page from "@/shared/ui/Page.module.css";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import { type Job, jobQuery } from "./api/getJobs";
import styles from "./Jobs.module.css";
import { Phase } from "./JobsPage";
import { t } from "./messages/t";
import { typeOf, workbookType } from "./importFile";
import { type Look, partOf, rateOf } from "./rate";
import { Refusals } from "./Refusals";
import { nameOf } from "./words";

/** One job: how far it is, what came of it, and what it refused. */
export function JobPage({ session }: { session: Session }) {
  const id = decodeURIComponent(useParams<{ id: string }>().id);
  const job = useQuery(jobQuery(id));
  const name = job.data === undefined ? t("title") : nameOf(job.data);
  return (
    <Page
      title={name}
      actions={
        <Button component={Link} href="/jobs" variant="default">
          {t("one.back")}
        </Button>
      }
    >
      <div className={page.body}>
        <div className={styles.narrow}>
          {job.data !== undefined ? <Report job={job.data} session={session} /> : job.isError ? <ProblemNotice error={job.error} title={t("one.failed")} onRetry={() => void job.refetch()} /> : <div className={styles.bone} role="status" aria-label={t("common.loading")} />}
        </div>
      </div>
    </Page>
  );
}

function Report({ job, session }: { job: Job; session: Session }) {
  const queries = useQueryClient();
  const first = useRef<Look>(undefined);
  const [last, setLast] = useState<Look>();
  const show = (now: Job) => queries.setQueryData(jobQuery(job.id).queryKey, now);
  useWatch(job, (now) => {
    const look = { at: performance.now(), done: now.done, part: partOf(now) };
    first.current ??= look;
    setLast(look);
    show(now);
  });
  const running = job.phase === "Running";
  const figures = (["opened", "changed", "unchanged", "refused"] as const).filter((key) => key !== "opened" || job.kind === "import");
  const counts = [...figures.map((key) => ({ key, n: job[key] })), ...(job.not_done > 0 ? [{ key: "notDone" as const, n: job.not_done }] : [])];
  const took = job.finished_at === null ? undefined : Math.max(1, Math.round((Date.parse(job.finished_at) - Date.parse(job.started_at)) / 1000));
  const rest = running ? undefined : restOf(job);
  return (
    <>
      <p className={styles.about}>
        {[job.file === null || typeOf(job.file.name) === workbookType ? undefined : formatSize(job.file.size), t("one.byAt", { who: actorName(job.started_by), at: formatInstant(job.started_at) }), took === undefined ? undefined : t("one.took", { count: took })].filter((part) => part !== undefined).join(" · ")}
        {job.query !== null && (
          <>
            {" · "}
            <Link href={"/requests" + (job.query === "" ? "" : "?" + job.query)}>{t("one.search")}</Link>
          </>
        )}
      </p>
      <div className={styles.progress}>
        <Phase job={job} />
        {running && <Progress value={100 * partOf(job)} size="sm" className={styles.barOf} transitionDuration={100} aria-label={t("one.progress")} />}
        {running && <span role="status">{pace(job, rateOf(first.current, last))}</span>}
        {running && !job.stopping && (session.role === "operator" || job.started_by.account === session.account) && <StopButton job={job} onStopping={show} />}
      </div>
      {rest !== undefined && <p className={styles.about}>{rest}</p>}
      {job.failure !== null && <FormError>{asSentence(job.failure.detail)}</FormError>}
      <dl className={styles.figures}>
        {counts.map(({ key, n }) => (
          <div key={key} data-none={n === 0 || undefined}>
            <dt>{t(`one.${key}`)}</dt>
            <dd>{formatNumber(n)}</dd>
          </div>
        ))}
      </dl>
      {!running && job.refused > 0 && <Refusals job={job} />}
    </>
  );
}

/** What became of the rest when a job ended early. */
function restOf(job: Job): string | undefined {
  const n = job.kind === "import" ? job.total_bytes - job.read_bytes : job.not_done;
  if (n <= 0) return undefined;
  return job.kind === "import" ? t("one.restOfFile", { part: formatNumber(Math.floor(100 * partOf(job))) }) : t("one.restOfRequests", { count: n, n: formatNumber(n) });
}

function pace(job: Job, rate: ReturnType<typeof rateOf>): string {
  const parts = [job.total === null ? t("one.rows", { count: job.done, n: formatNumber(job.done) }) : t("one.done", { done: formatNumber(job.done), total: formatNumber(job.total) })];
  if (rate !== undefined) {
    parts.push(t("one.rate", { count: rate.perSecond, n: formatNumber(rate.perSecond) }));
    parts.push(rate.secondsLeft < 90 ? t("one.secondsLeft", { count: rate.secondsLeft }) : t("one.minutesLeft", { count: Math.round(rate.secondsLeft / 60) }));
  }
  return parts.join(" · ");
}

function StopButton({ job, onStopping }: { job: Job; onStopping: (job: Job) => void }) {
  const intent = useIntent();
  const [error, setError] = useState<string>();
  return (
    <>
      <Button variant="default" size="compact-sm" onClick={() => void stopJob(job.id, intent.keyFor(job.id)).then(onStopping, (failure: unknown) => setError(sentence(failure)))}>
        {t("one.stop")}
      </Button>
      <FormError>{error}</FormError>
    </>
  );
}
