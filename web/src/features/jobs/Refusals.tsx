import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { asSentence, sentence } from "@/shared/api/problem";
import { type Refusal, refusalsQuery } from "@/shared/jobs/getRefusals";
import { formatNumber } from "@/shared/lib/format";
import table from "@/shared/ui/DataTable.module.css";
import { FormError } from "@/shared/ui/FormError";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import { allRefusals } from "./api/allRefusals";
import type { Job } from "./api/getJobs";
import { toCSV } from "./importFile";
import styles from "./Jobs.module.css";
import { t } from "./messages/t";

const listed = 500; // more than anybody reads; the CSV has all of them

/** What a job could not do, by line or request, with the reason. */
export function Refusals({ job }: { job: Job }) {
  const refusals = useQuery(refusalsQuery(job.id, listed));
  const imported = job.kind === "import";
  const shown = refusals.data?.refusals ?? [];
  const left = (refusals.data?.total ?? 0) - shown.length;
  return (
    <>
      <div className={styles.section}>
        <h2>{t("refusals.title", { count: job.refused, n: formatNumber(job.refused) })}</h2>
        <DownloadButton job={job} />
      </div>
      {imported && <p className={styles.about}>{t("refusals.about")}</p>}
      {refusals.isError && refusals.data === undefined ? (
        <ProblemNotice error={refusals.error} title={t("refusals.failed")} onRetry={() => void refusals.refetch()} />
      ) : (
        <table className={table.table} aria-label={t("refusals.title", { count: job.refused, n: formatNumber(job.refused) })} aria-busy={refusals.isPending}>
          <thead>
            <tr>
              {imported && <th scope="col">{t("refusals.line")}</th>}
              <th scope="col">{t("refusals.request")}</th>
              {imported && <th scope="col">{t("refusals.field")}</th>}
              <th scope="col">{t("refusals.reason")}</th>
            </tr>
          </thead>
          <tbody>
            {refusals.isPending && (
              <tr>
                <td colSpan={4}>
                  <span className={table.bone} />
                </td>
              </tr>
            )}
            {shown.map((one, i) => (
              <tr key={i}>
                {imported && <td className={styles.whole}>{one.line === null ? "" : formatNumber(one.line)}</td>}
                <td className={styles.whole}>{one.request_id !== null && (imported ? one.request_id : <Link href={"/requests/" + encodeURIComponent(one.request_id)}>{one.request_id}</Link>)}</td>
                {imported && <td className={styles.whole}>{one.field}</td>}
                <td>
                  {asSentence(one.reason)}
                  {imported && one.allowed.some((value) => !one.reason.includes(value)) && <span className={table.soft}> {t("refusals.accepted", { values: one.allowed.join(", ") })}</span>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {left > 0 && !refusals.isPending && <p className={styles.about}>{t("refusals.more", { n: formatNumber(left) })}</p>}
    </>
  );
}

function DownloadButton({ job }: { job: Job }) {
  const [state, setState] = useState<{ busy: boolean; error?: string }>({ busy: false });
  const start = async () => {
    setState({ busy: true });
    try {
      save(`backlot-refusals-${job.id}.csv`, await allRefusals(job.id));
      setState({ busy: false });
    } catch (failure) {
      setState({ busy: false, error: sentence(failure) });
    }
  };
  return (
    <>
      <FormError>{state.error}</FormError>
      <Button variant="default" size="compact-sm" loading={state.busy} onClick={() => void start()}>
        {t("refusals.csv")}
      </Button>
    </>
  );
}

function save(name: string, refusals: Refusal[]): void {
  const rows = refusals.map((one) => [one.line, one.request_id, one.field, one.reason, one.allowed.join(" | ")]);
  const href = URL.createObjectURL(new Blob([toCSV([["line", "request_id", "column", "reason", "accepted"], ...rows])], { type: "text/csv" }));
  const link = document.createElement("a");
  link.href = href;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(href));
}
