import { Button, Select } from "@mantine/core";
import { IconList, IconTable, IconTimeline } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { Link, useLocation, useParams, useSearch } from "wouter";
import { toQueryString } from "@/shared/api/client";
import type { Session } from "@/shared/api/session";
import { valueName } from "@/shared/i18n/values";
import { dayIn, formatNumber } from "@/shared/lib/format";
import { useLive } from "@/shared/live/Live";
import { LiveMark } from "@/shared/live/LiveMark";
import { Page } from "@/shared/ui/Page";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import { StaleNotice } from "@/shared/ui/StaleNotice";
import { Views } from "@/shared/ui/Views";
import { type Lane, timelineQuery, type Whose } from "./api/getTimeline";
import { grouped } from "./lanes";
import { LaneTable } from "./LaneTable";
import { t } from "./messages/t";
import { Picture } from "./Picture";
import styles from "./Timeline.module.css";
import { formatTimeline, type Grouping, groupings, type Order, orders, parseTimeline, type TimelineState, type Zoom, zooms } from "./timelineState";

const none: Lane[] = [];

/** How all requests of a package, or of a title, came to be where they are. */
export function TimelinePage({ session }: { session: Session }) {
  const id = decodeURIComponent(useParams<{ id: string }>().id);
  const [path, navigate] = useLocation();
  const ofPackage = path.startsWith("/packages/");
  const whose: Whose = ofPackage ? { package_id: [id] } : { movie_id: [id] };
  const initial: Grouping = ofPackage ? "source_type" : "package";
  const state = parseTimeline(useSearch(), initial);
  const timeline = useQuery(timelineQuery(whose));
  const queries = useQueryClient();
  const live = useLive(timeline.isSuccess ? toQueryString({ ...whose, status: ["All"] } as Record<string, string[]>) : undefined, (event) => {
    if (event.name === "rows") void queries.invalidateQueries({ queryKey: ["timeline"] });
  });
  const change = (next: Partial<TimelineState>) => {
    const query = formatTimeline({ ...state, ...next }, initial);
    navigate(path + (query === "" ? "" : "?" + query), { replace: true });
  };

  const lanes = timeline.data?.lanes ?? none;
  const nameOf = useMemo(() => (key: string) => (state.group === "package" ? t("package", { id: key }) : valueName(key)), [state.group]);
  const groups = useMemo(() => grouped(lanes, state.group, state.order, nameOf), [lanes, state.group, state.order, nameOf]);
  const title = lanes[0]?.title;
  const about = t(ofPackage ? "package" : "movie", { id });
  const movies = [...new Set(lanes.map((lane) => lane.movie_id))];
  const packages = [...new Set(lanes.map((lane) => lane.package_id))];

  return (
    <Page
      title={title ?? about}
      name={t("timelineOf", { name: title ?? about })}
      aria-busy={timeline.isPending || timeline.isPlaceholderData}
      beside={
        <>
          {title !== undefined && <span className={styles.about}>{about}</span>}
          {timeline.data?.stale && <StaleNotice />}
          <LiveMark state={live} />
        </>
      }
      actions={
        <>
          <nav aria-label={t("whose")} className={styles.whose}>
            {ofPackage ? movies.map((movie) => <Link key={movie} href={`/titles/${encodeURIComponent(movie)}`}>{t("title")}</Link>) : packages.length < 6 && packages.map((one) => <Link key={one} href={`/packages/${encodeURIComponent(one)}`}>{t("package", { id: one })}</Link>)}
          </nav>
          <Button component={Link} href={`/requests?${toQueryString({ ...whose, status: "All" } as Record<string, string[] | string>)}`} variant="default" size="xs" leftSection={<IconList size={14} aria-hidden />}>
            {t("list")}
          </Button>
        </>
      }
    >
      <div className={styles.controls}>
        <Choice label={t("groupBy")} value={state.group} of={groupings.map((value) => ({ value, label: t(`by.${value}`) }))} onChange={(group) => change({ group: group as Grouping })} />
        <Choice label={t("orderBy")} value={state.order} of={orders.map((value) => ({ value, label: t(`order.${value}`) }))} onChange={(order) => change({ order: order as Order })} />
        {!state.table && <Choice label={t("zoom.label")} value={state.zoom} of={zooms.map((value) => ({ value, label: t(`zoom.${value}`) }))} onChange={(zoom) => change({ zoom: zoom as Zoom })} />}
        <Views
          label={t("view.as")}
          views={[
            { value: "picture", name: t("view.picture"), icon: IconTimeline },
            { value: "table", name: t("view.table"), icon: IconTable },
          ]}
          shown={state.table ? "table" : "picture"}
          onChange={(view) => change({ table: view === "table" })}
        />
        {!state.table && <p className={styles.hint}>{t("hint")}</p>}
      </div>
      {timeline.isError && timeline.data === undefined ? (
        <div className={styles.notice}>
          <ProblemNotice error={timeline.error} title={t("failed")} onRetry={() => void timeline.refetch()} />
        </div>
      ) : timeline.data === undefined ? (
        <Waiting />
      ) : lanes.length === 0 ? (
        <p className={styles.notice}>{t("none")}</p>
      ) : (
        <>
          {timeline.data.total > lanes.length && <p className={styles.notice}>{t("cut", { shown: formatNumber(lanes.length), total: formatNumber(timeline.data.total) })}</p>}
          {state.table ? <LaneTable groups={groups} today={dayIn(session.zone)} /> : <Picture groups={groups} grouping={state.group} zoom={state.zoom} now={timeline.data.now} today={dayIn(session.zone)} nameOf={nameOf} />}
        </>
      )}
    </Page>
  );
}

function Choice({ label, value, of, onChange }: { label: string; value: string; of: { value: string; label: string }[]; onChange: (value: string) => void }) {
  return (
    <label className={styles.choice}>
      {label}
      <Select size="xs" w={132} aria-label={label} data={of} value={value} allowDeselect={false} onChange={(chosen) => chosen !== null && onChange(chosen)} />
    </label>
  );
}

/** As high as the lanes that follow. */
function Waiting() {
  return (
    <div role="status" aria-label={t("common.loading")} className={styles.waiting}>
      {Array.from({ length: 14 }, (_, i) => (
        <div key={i} className={styles.lane}>
          <span className={styles.bone} style={{ width: 96 + ((i * 53) % 80) }} />
          <span className={styles.bone} style={{ marginLeft: `${(i * 17) % 30}%`, width: `${24 + ((i * 29) % 40)}%` }} />
        </div>
      ))}
    </div>
  );
}
