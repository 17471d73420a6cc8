import { ActionIcon, Button, Progress, Tooltip } from "@mantine/core";
import { IconAlertTriangle, IconCheck, IconX } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useIntent } from "@/shared/api/intent";
import { asSentence, sentence } from "@/shared/api/problem";
import { t } from "@/shared/i18n/t";
import { formatNumber } from "@/shared/lib/format";
import { refusalsQuery } from "@/shared/jobs/getRefusals";
import { stopJob } from "@/shared/jobs/stopJob";
import { useWatch } from "@/shared/jobs/useWatch";
import { type Job, type Order, startBulk } from "./api/startBulk";
import styles from "./BulkBar.module.css";
import { dismiss, note, track, type TrackedJob } from "./jobs";

/** A job that was begun here: how far it is, then what came of it. */
export function JobLine({ tracked, onRefusals }: { tracked: TrackedJob; onRefusals: (job: Job) => void }) {
  const { job, action, undo } = tracked;
  const running = job.phase === "Running";
  useWatch(job, note);
  const total = job.total ?? 0;
  const failed = job.phase === "Failed";
  return (
    <div className={styles.job} role="group" aria-label={t(`job.of.${action}`)}>
      <span className={styles.jobName}>
        {running ? null : failed || job.refused > 0 ? <IconAlertTriangle size={16} className={styles.warn} aria-hidden /> : <IconCheck size={16} className={styles.good} aria-hidden />}
        {t(`job.of.${action}`)}
      </span>
      {running && <Progress value={total === 0 ? 0 : (100 * job.done) / total} size="sm" className={styles.progress} transitionDuration={100} aria-label={t("job.progress")} />}
      <span role="status" className={styles.outcome}>
        {running ? t(job.stopping ? "job.stopping" : "job.done", { done: formatNumber(job.done), total: formatNumber(total) }) : outcome(job)}
      </span>
      {running && !job.stopping && <StopButton job={job} />}
      {!running && job.refused > 0 && (
        <Button size="compact-xs" variant="default" onClick={() => onRefusals(job)}>
          {t("job.why")}
        </Button>
      )}
      {!running && undo !== undefined && job.changed > 0 && <UndoButton tracked={tracked} />}
      {!running && (
        <Tooltip label={t("job.dismiss")}>
          <ActionIcon size={24} variant="subtle" color="gray" aria-label={t("job.dismiss")} onClick={() => dismiss(job.id)}>
            <IconX size={14} />
          </ActionIcon>
        </Tooltip>
      )}
    </div>
  );
}

function outcome(job: Job): string {
  const parts = [t("job.changed", { count: job.changed, n: formatNumber(job.changed) })];
  if (job.unchanged > 0) parts.push(t("job.unchanged", { n: formatNumber(job.unchanged) }));
  if (job.refused > 0) parts.push(t("job.refused", { n: formatNumber(job.refused) }));
  if (job.not_done > 0) parts.push(t("job.notDone", { n: formatNumber(job.not_done) }));
  if (job.failure !== null) parts.push(asSentence(job.failure.detail));
  return parts.join(" · ");
}

function StopButton({ job }: { job: Job }) {
  const intent = useIntent();
  const [error, setError] = useState<string>();
  const stop = async () => {
    try {
      note(await stopJob(job.id, intent.keyFor(job.id)));
    } catch (failure) {
      setError(sentence(failure));
    }
  };
  return (
    <>
      <Button size="compact-xs" variant="default" onClick={() => void stop()}>
        {t("job.stop")}
      </Button>
      {error !== undefined && <span role="alert">{error}</span>}
    </>
  );
}

const refusalsKept = 10_000;

function UndoButton({ tracked: { job, undo } }: { tracked: TrackedJob }) {
  const queries = useQueryClient();
  const intent = useIntent();
  const [state, setState] = useState<"ready" | "busy" | "done">("ready");
  const [error, setError] = useState<string>();
  if (undo === undefined || state === "done") return null;
  const take = async () => {
    setState("busy");
    setError(undefined);
    try {
      const refused = job.refused === 0 ? [] : (await queries.fetchQuery(refusalsQuery(job.id, refusalsKept))).refusals;
      const order = undo.orderFor(new Set(refused.flatMap((r) => r.request_id ?? [])));
      if (order !== undefined) track({ action: undo.action, undo: undefined, job: await startBulk(undo.action, order as Order, intent.keyFor(order)) });
      setState("done");
      dismiss(job.id);
    } catch (failure) {
      setError(sentence(failure));
      setState("ready");
    }
  };
  return (
    <>
      <Tooltip label={t(undo.action === "estimated-delivery-date" ? "job.moveBackTip" : "job.undoTip")}>
        <Button size="compact-xs" variant="default" loading={state === "busy"} onClick={() => void take()}>
          {t(undo.action === "estimated-delivery-date" ? "job.moveBack" : "job.undo")}
        </Button>
      </Tooltip>
      {error !== undefined && <span role="alert">{error}</span>}
    </>
  );
}
