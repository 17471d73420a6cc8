import { Button } from "@mantine/core";
import { IconAlertTriangle, IconCheck, IconLoader2, IconPlayerStop } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import type { Session } from "@/shared/api/session";
import { actorName, formatInstant } from "@/shared/lib/format";
import { DataTable } from "@/shared/ui/DataTable";
import table from "@/shared/ui/DataTable.module.css";
import { Page } from "@/shared/ui/Page";
import page from "@/shared/ui/Page.module.css";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import { type Job, jobsQuery } from "./api/getJobs";
import styles from "./Jobs.module.css";
import { t } from "./messages/t";
import { nameOf, outcomeOf, phaseOf } from "./words";

/** Imports and bulk changes, wherever they were begun. */
export function JobsPage({ session }: { session: Session }) {
  const jobs = useInfiniteQuery(jobsQuery);
  const shown = jobs.data?.pages.flatMap((one) => one.jobs);
  return (
    <Page
      title={t("title")}
      actions={
        session.role === "operator" && (
          <Button component={Link} href="/import" variant="default">
            {t("list.import")}
          </Button>
        )
      }
    >
      <div className={page.body}>
        {jobs.isError && shown === undefined ? (
          <ProblemNotice error={jobs.error} title={t("list.failed")} onRetry={() => void jobs.refetch()} />
        ) : shown?.length === 0 ? (
          <p className={table.empty}>{t("list.none")}</p>
        ) : (
          <DataTable label={t("title")} heads={(["job", "state", "outcome", "by", "began"] as const).map((name) => t(`list.${name}`))}>
            {shown?.map((job) => (
              <tr key={job.id}>
                <td>
                  <Link href={"/jobs/" + encodeURIComponent(job.id)} className={table.strong}>
                    {nameOf(job)}
                  </Link>
                </td>
                <td>
                  <Phase job={job} />
                </td>
                <td>{outcomeOf(job)}</td>
                <td className={table.soft}>{actorName(job.started_by)}</td>
                <td className={table.soft}>{formatInstant(job.started_at)}</td>
              </tr>
            ))}
          </DataTable>
        )}
        {jobs.hasNextPage && (
          <Button variant="default" className={styles.more} loading={jobs.isFetchingNextPage} onClick={() => void jobs.fetchNextPage()}>
            {t("list.more")}
          </Button>
        )}
      </div>
    </Page>
  );
}

export function Phase({ job }: { job: Job }) {
  const Icon = { Running: IconLoader2, Finished: job.refused > 0 ? IconAlertTriangle : IconCheck, Stopped: IconPlayerStop, Failed: IconAlertTriangle }[job.phase];
  const colour = job.phase === "Failed" || (job.phase === "Finished" && job.refused > 0) ? styles.bad : job.phase === "Finished" ? styles.good : undefined;
  return (
    <span className={styles.phase}>
      <Icon size={16} className={colour} aria-hidden />
      {phaseOf(job)}
    </span>
  );
}
