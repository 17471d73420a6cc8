import { Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Link, useLocation } from "wouter";
import { deliveriesQuery } from "@/shared/api/request/getDeliveries";
import { qualityControlsQuery } from "@/shared/api/request/getQualityControls";
import { requestQuery } from "@/shared/api/request/getRequest";
import { valueName } from "@/shared/i18n/values";
import { formatDate } from "@/shared/lib/format";
import { say } from "@/shared/lib/notice";
import { isRate } from "@/shared/lib/timecode";
import { latestOf } from "@/shared/player/files";
import { Player } from "@/shared/player/Player";
import { popOut } from "@/shared/player/popOut";
import { BackLink } from "@/shared/ui/BackLink";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import { type Draft, keepDraft, keptDraft, newIssue } from "./draft";
import { t } from "./messages/t";
import { PreviousIssues } from "./PreviousIssues";
import styles from "./QualityControl.module.css";
import { ResultForm } from "./ResultForm";

/** One request: the player at one side, the entry of results at the other. */
export function Workbench({ id, account }: { id: string; account: string }) {
  const details = useQuery(requestQuery(id));
  const deliveries = useQuery(deliveriesQuery(id));
  const controls = useQuery(qualityControlsQuery(id));
  const failed = [details, deliveries, controls].find((one) => one.isError && one.data === undefined);
  if (failed !== undefined) {
    return (
      <main className={styles.article}>
        <Back />
        <ProblemNotice error={failed.error} title={t("bench.failed", { id })} onRetry={() => void failed.refetch()} />
      </main>
    );
  }
  if (details.data === undefined || deliveries.data === undefined || controls.data === undefined) return <Waiting />;
  const r = details.data.request;
  const delivery = latestOf(deliveries.data);
  const checks = controls.data.quality_controls;
  return (
    <main className={styles.bench}>
      <title>{`${r.title} · ${t("list.title")} · Backlot`}</title>
      <header className={styles.benchHead}>
        <Back />
        <div className={styles.headline}>
          <Title order={1}>
            {r.title}
          </Title>
          <span className={styles.soft}>
            {valueName(r.source_type)} · {r.language} · {valueName(r.status)} · {t("bench.due", { date: formatDate(r.due_date) })}
          </span>
          <Link href={"/requests/" + encodeURIComponent(id)} className={styles.link}>
            {id}
          </Link>
        </div>
      </header>
      <Entry
        key={delivery?.id ?? ""}
        {...{ id, account, delivery }}
        rate={checks.findLast((c) => c.frame_rate !== null)?.frame_rate ?? undefined}
        may={details.data.actions.includes("quality-control")}
        previous={<PreviousIssues id={id} movie={r.movie_id} checks={checks} />}
      />
    </main>
  );
}

/** As large as the picture and the form that follow. */
function Waiting() {
  return (
    <main className={styles.bench}>
      <header className={styles.benchHead}>
        <Back />
        <div className={styles.headline}>
          <span className={styles.boneTitle} />
        </div>
      </header>
      <div className={styles.waiting} role="status" aria-busy="true" aria-label={t("common.loading")}>
        <span className={styles.bonePicture} />
        <span className={styles.boneForm} />
      </div>
    </main>
  );
}

interface EntryProps {
  id: string;
  account: string;
  delivery: ReturnType<typeof latestOf>;
  rate: string | undefined; // of the latest check
  may: boolean;
  previous: React.ReactNode;
}

function Entry({ id, account, delivery, rate: known, may, previous }: EntryProps) {
  const of = delivery?.id ?? "";
  const [draft, setDraft] = useState<Draft>(() => keptDraft(account, id, of) ?? { check: "Full", verdict: "", rate: isRate(known) ? known : "24", issues: [] });
  const [file, setFile] = useState<string>();
  const [active, setActive] = useState(draft.issues.at(-1)?.key);
  const [, navigate] = useLocation();
  useEffect(() => keepDraft(account, id, of, draft), [account, id, of, draft]);
  const shownFile = file ?? delivery?.files[0]?.id ?? "";
  const add = (marks: { in?: string; out?: string } = {}) => {
    const issue = { ...newIssue(shownFile), ...marks };
    setDraft((now) => ({ ...now, issues: [...now.issues, issue] }));
    setActive(issue.key);
  };
  return (
    <div className={styles.sides}>
      <div className={styles.side}>
        <Player
          request={id}
          delivery={delivery}
          file={file}
          rate={draft.rate}
          marks={may}
          onFile={setFile}
          onRate={(rate) => setDraft((now) => ({ ...now, rate }))}
          onMark={(marks) => {
            // Marks go to the issue being entered; the first one begins one.
            if (!draft.issues.some((issue) => issue.key === active)) add(marks);
            else setDraft((now) => ({ ...now, issues: now.issues.map((issue) => (issue.key === active ? { ...issue, ...marks } : issue)) }));
          }}
          onPopOut={(played, frame) => popOut({ request: id, delivery: of, file: played, frame, rate: draft.rate })}
        />
        {previous}
      </div>
      <div className={styles.side}>
        {may ? (
          <ResultForm
            {...{ id, draft, active }}
            files={delivery?.files ?? []}
            onActive={setActive}
            onChange={setDraft}
            onAdd={() => add()}
            onDone={(passed) => {
              keepDraft(account, id, of, undefined);
              say(t(passed ? "bench.recordedPassed" : "bench.recordedFailed", { id }));
              navigate("/quality-control");
            }}
          />
        ) : (
          <p className={styles.soft}>{t("bench.closed")}</p>
        )}
      </div>
    </div>
  );
}

function Back() {
  return <BackLink href="/quality-control">{t("bench.back")}</BackLink>;
}
