import { Button, Title } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { IconFileUpload, IconUpload } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useLocation, useSearch } from "wouter";
import { named } from "@/shared/i18n/t";
import { valueName } from "@/shared/i18n/values";
import { Words } from "@/shared/i18n/Words";
import { deliver } from "@/shared/lib/delivering";
import { provide } from "@/shared/lib/providing";
import { useDropsGoTo } from "@/shared/lib/dropsGoTo";
import { wayBack } from "@/shared/lib/lastSearch";
import { LiveMark } from "@/shared/live/LiveMark";
import { BucketMark } from "@/shared/ui/BucketMark";
import { BackLink } from "@/shared/ui/BackLink";
import { PageTabs } from "@/shared/ui/PageTabs";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import { StaleNotice } from "@/shared/ui/StaleNotice";
import { keys } from "@/shared/lib/keys";
import { historyQuery } from "./api/getHistory";
import { MoreActions } from "./actions/MoreActions";
import { requestQuery, type Details } from "@/shared/api/request/getRequest";
import { CommentsTab } from "./CommentsTab";
import { DeliveriesTab } from "./DeliveriesTab";
import { DetailsTab } from "./DetailsTab";
import { HistoryTab } from "./HistoryTab";
import { t } from "./messages/t";
import { PastBanner } from "./PastBanner";
import { QualityControlTab } from "./QualityControlTab";
import styles from "./RequestPage.module.css";
import { TitleAside } from "./TitleAside";
import { useLiveRequest } from "./useLiveRequest";

const refreshEvery = 15_000; // ms

/** What the page shows: the present, or a moment of the past. */
export interface Shown {
  request: Details["request"];
  buckets: Details["buckets"];
  why: Details["why"];
  counts: Details["counts"];
}

export function RequestPage({ id, tab }: { id: string; tab: string }) {
  const at = new URLSearchParams(useSearch()).get("at") ?? undefined;
  const [, navigate] = useLocation();
  const live = useLiveRequest(id);
  const details = useQuery({ ...requestQuery(id), refetchInterval: live === "live" ? false : refreshEvery });
  const past = useQuery({ ...historyQuery(id, at), enabled: at !== undefined });

  const base = "/requests/" + encodeURIComponent(id);
  const pathOf = (to: string) => (to === "details" ? base : `${base}/${to}`) + (at === undefined ? "" : "?at=" + encodeURIComponent(at));
  const travel = (to: string | undefined) => {
    const parameters = new URLSearchParams(window.location.search);
    parameters.delete("at");
    if (to !== undefined) parameters.set("at", to);
    const query = parameters.toString().replaceAll("%2C", ",").replaceAll("%3A", ":");
    navigate(window.location.pathname + (query === "" ? "" : "?" + query), { replace: at !== undefined && to !== undefined });
  };

  const delivers = at === undefined && (details.data?.actions.includes("deliver") ?? false);
  const provides = at === undefined && (details.data?.actions.includes("materials") ?? false);
  useHotkeys([
    [keys.comment, () => navigate(pathOf("comments"), { replace: true })],
    [keys.deliver, () => delivers && deliver({ requests: [id] })],
    [keys.provide, () => provides && provide({ to: { ids: [id] } })],
  ]);
  useDropsGoTo(at === undefined ? id : undefined);

  const failed = details.isError && details.data === undefined ? details : at !== undefined && past.isError && past.data === undefined ? past : undefined;
  if (failed !== undefined) {
    return (
      <main className={styles.failed}>
        <WayBack />
        <ProblemNotice error={failed.error} title={t("page.failed", { id })} onRetry={() => void failed.refetch()} />
        {failed === past && (
          <Button variant="default" mt="md" onClick={() => travel(undefined)}>
            {t("past.back")}
          </Button>
        )}
      </main>
    );
  }

  const shown: Shown | undefined = at === undefined ? details.data : (past.data?.as_of ?? undefined);
  const before = at !== undefined && past.data !== undefined && past.data.as_of === null; // it did not exist yet
  // The past is read-only.
  const actions = at === undefined ? (details.data?.actions ?? []) : [];

  const tabs = [
    { key: "details", label: t("page.details"), count: undefined },
    { key: "deliveries", label: t("page.deliveries"), count: shown?.counts.deliveries },
    { key: "quality-control", label: t("page.qualityControl"), count: shown?.counts.quality_controls },
    { key: "comments", label: t("page.comments"), count: shown?.counts.comments },
    { key: "history", label: t("page.history"), count: undefined },
    // Only where there was quality control, or may be.
  ].filter((one) => one.key !== "quality-control" || one.key === tab || (one.count ?? 0) > 0 || actions.includes("quality-control"));

  return (
    <main className={styles.page}>
      <title>{`${shown?.request.title ?? id} · Backlot`}</title>
      {at !== undefined && <PastBanner id={id} at={at} before={before} onTravel={travel} />}

      <header className={styles.header}>
        <WayBack />
        <div className={styles.headline}>
          <Title order={1} className={styles.title}>
            {shown?.request.title ?? <span className={styles.bone} style={{ width: 320 }} />}
          </Title>
          {shown !== undefined && (
            <span className={styles.kind}>
              {valueName(shown.request.source_type)} · {shown.request.language}
            </span>
          )}
        </div>
        <div className={styles.standing}>
          {shown !== undefined && <Standing shown={shown} />}
          {details.data?.stale && <StaleNotice />}
          {at === undefined && <LiveMark state={live} />}
          <span className={styles.actions}>
            {delivers && (
              <Button size="compact-sm" leftSection={<IconUpload size={16} aria-hidden />} title={t("deliver.tip")} onClick={() => deliver({ requests: [id] })}>
                {t("deliver.deliver")}
              </Button>
            )}
            {provides && !delivers && (
              <Button size="compact-sm" leftSection={<IconFileUpload size={16} aria-hidden />} title={t("provide.tip")} onClick={() => provide({ to: { ids: [id] } })}>
                {t("provide.provide")}
              </Button>
            )}
            {at === undefined && details.data !== undefined && <MoreActions id={id} details={details.data} />}
          </span>
        </div>
        <div className={styles.tabs}>
          <PageTabs label={t("page.parts")} tabs={tabs.map(({ key, label, count }) => ({ path: pathOf(key), name: label, count }))} current={pathOf(tab)} replace />
        </div>
      </header>

      <div className={styles.columns}>
        <div className={styles.main}>
          {shown === undefined && tab !== "history" ? (
            before ? null : (
              <Skeleton />
            )
          ) : tab === "deliveries" ? (
            <DeliveriesTab id={id} at={at} delivers={delivers} />
          ) : tab === "quality-control" ? (
            <QualityControlTab id={id} at={at} checks={actions.includes("quality-control")} />
          ) : tab === "comments" ? (
            <CommentsTab id={id} at={at} mayComment={actions.includes("comment")} />
          ) : tab === "history" ? (
            <HistoryTab id={id} at={at} onTravel={travel} />
          ) : (
            shown !== undefined && <DetailsTab id={id} shown={shown} actions={actions} />
          )}
        </div>
        {shown !== undefined && <TitleAside id={id} at={at} request={shown.request} provides={provides} />}
      </div>
    </main>
  );
}

function WayBack() {
  const before = wayBack();
  return <BackLink href={before}>{before.startsWith("/materials") ? `‹ ${t("shell.materials")}` : t("page.back")}</BackLink>;
}

/** Status, and what puts the request where it is. */
function Standing({ shown }: { shown: Shown }) {
  const bucket = shown.buckets.find((b) => b === "critical" || b === "at_risk" || b === "on_track");
  const label = { critical: t("page.critical"), at_risk: t("page.atRisk"), on_track: t("page.onTrack") }[bucket as string];
  return (
    <>
      <span className={styles.status}>{valueName(shown.request.status)}</span>
      {bucket !== undefined && (
        <span className={styles.insight} data-bucket={bucket}>
          <BucketMark bucket={bucket} />
          {label}
        </span>
      )}
      {shown.why.length > 0 && <span className={styles.why}>{shown.why.map((rule) => named("rule", rule.key, rule.label)).join("; ")}</span>}
      {shown.request.upgraded_to !== null && (
        <span>
          <Words text={t("page.replacedBy", { id: shown.request.upgraded_to })} tags={{ a: (inner) => <Link href={"/requests/" + encodeURIComponent(inner)}>{inner}</Link> }} />
        </span>
      )}
    </>
  );
}

function Skeleton() {
  return (
    <div aria-busy="true" aria-label={t("common.loading")} role="status">
      {Array.from({ length: 12 }, (_, i) => (
        <div key={i} className={styles.boneLine}>
          <span className={styles.bone} style={{ width: 96 }} />
          <span className={styles.bone} style={{ width: 120 + ((i * 37) % 90) }} />
        </div>
      ))}
    </div>
  );
}
