import { Button, Title } from "@mantine/core";
import { IconAlertTriangle, IconCheck, IconLoader2, IconPlayerStop } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import type { Session } from "@/shared/api/session";
import { actorName, formatInstant } from "@/shared/lib/format";
import table from "@/shared/ui/DataTable.module.css";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import { type Job, jobsQuery } from "./api/getJobs";
import styles from "./Jobs.module.css";
import { t } from "./messages/t";
import { nameOf, outcomeOf, phaseOf } from "./words";

/** Imports and bulk changes, wherever they were begun. */
export function JobsPage({ session }: { session: Session }) {
  const jobs = useInfiniteQuery(jobsQuery);
  const shown = jobs.data?.pages.flatMap((page) => page.jobs);
  return (
    <main className={styles.page}>
      <title>{`${t("title")} · Backlot`}</title>
      <div className={styles.head}>
        <Title order={1}>{t("title")}</Title>
        <span className={styles.gap} />
        {session.role === "operator" && (
          <Button component={Link} href="/import" variant="default">
            {t("list.import")}
          </Button>
        )}
      </div>
      <div className={styles.body}>
        {jobs.isError && shown === undefined ? (
          <ProblemNotice error={jobs.error} title={t("list.failed")} onRetry={() => void jobs.refetch()} />
        ) : shown?.length === 0 ? (
          <p className={table.empty}>{t("list.none")}</p>
        ) : (
          <table className={table.table} aria-label={t("title")} aria-busy={shown === undefined}>
            <thead>
              <tr>
                {(["job", "state", "outcome", "by", "began"] as const).map((name) => (
                  <th key={name} scope="col">
                    {t(`list.${name}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {shown === undefined
                ? Array.from({ length: 8 }, (_, i) => (
                    <tr key={i}>
                      <td colSpan={5}>
                        <span className={table.bone} />
                      </td>
                    </tr>
                  ))
                : shown.map((job) => (
                    <tr key={job.id}>
                      <td>
                        <Link href={"/jobs/" + encodeURIComponent(job.id)} className={styles.link}>
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
            </tbody>
          </table>
        )}
        {jobs.hasNextPage && (
          <Button variant="default" className={styles.more} loading={jobs.isFetchingNextPage} onClick={() => void jobs.fetchNextPage()}>
            {t("list.more")}
          </Button>
        )}
      </div>
    </main>
  );
}

export function Phase({ job }: { job: Job }) {
  const Icon = { Running: IconLoader2, Finished: job.refused > 0 ? IconAlertTriangle : IconCheck, Stopped: IconPlayerStop, Failed: IconAlertTriangle }[job.phase];
  const colour = job.phase === "Finished" && job.refused === 0 ? styles.good : job.phase === "Failed" || job.refused > 0 ? styles.bad : undefined;
  return (
    <span className={styles.phase}>
      <Icon size={16} className={colour} aria-hidden />
      {phaseOf(job)}
    </span>
  );
}
