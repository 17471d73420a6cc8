import { Loader } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { asSentence } from "@/shared/api/problem";
import { t } from "@/shared/i18n/t";
import { formatNumber } from "@/shared/lib/format";
import { Dialog } from "@/shared/ui/Dialog";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import type { Action } from "./actions";
import { type Refusal, refusalsQuery } from "@/shared/jobs/getRefusals";
import type { Job } from "./api/startBulk";
import styles from "./Bulk.module.css";

const listed = 500; // more than anybody reads; the API has all of them

/** What a job could not change, by reason. */
export function RefusalsDialog({ job, onClose }: { job: Job; onClose: () => void }) {
  const refusals = useQuery(refusalsQuery(job.id, listed));
  const byReason = new Map<string, Refusal[]>();
  for (const one of refusals.data?.refusals ?? []) byReason.set(one.reason, [...(byReason.get(one.reason) ?? []), one]);
  const shown = refusals.data?.refusals.length ?? 0;
  return (
    <Dialog title={t("refusals.title", { action: t(`job.of.${job.action as Action}`), count: job.refused, n: formatNumber(job.refused) })} onClose={onClose} size={560}>
      {refusals.isPending && <Loader size="sm" aria-label={t("common.loading")} />}
      {refusals.isError && <ProblemNotice error={refusals.error} onRetry={() => void refusals.refetch()} />}
      <ul className={styles.reasons}>
        {[...byReason].map(([reason, those]) => (
          <li key={reason}>
            <p className={styles.reason}>
              <span>{asSentence(reason)}</span>
              <span className={styles.times}>{formatNumber(those.length)}</span>
            </p>
            <p className={styles.ids}>
              {those.map((one) =>
                one.request_id === null ? null : (
                  <Link key={one.request_id} href={"/requests/" + encodeURIComponent(one.request_id)}>
                    {one.request_id}
                  </Link>
                ),
              )}
            </p>
          </li>
        ))}
      </ul>
      {refusals.data !== undefined && refusals.data.total > shown && <p className={styles.note}>{t("refusals.more", { n: formatNumber(refusals.data.total - shown) })}</p>}
    </Dialog>
  );
}
