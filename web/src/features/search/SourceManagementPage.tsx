import { ActionIcon, Tooltip } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { IconHistory, IconTrendingUp } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useCallback, useDeferredValue, useEffect, useMemo, useState } from "react";
import { Link } from "wouter";
import type { Session } from "@/shared/api/session";
import { t } from "@/shared/i18n/t";
import { Words } from "@/shared/i18n/Words";
import { dayIn, formatInstant, formatNumber } from "@/shared/lib/format";
import { deliver, mayDeliver } from "@/shared/lib/delivering";
import { mayProvide, provide } from "@/shared/lib/providing";
import { warningText } from "@/shared/lib/labels";
import { rememberSearch } from "@/shared/lib/lastSearch";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import { useLiveState } from "@/shared/live/Live";
import { LiveMark } from "@/shared/live/LiveMark";
import { StaleNotice } from "@/shared/ui/StaleNotice";
import { bucketsQuery } from "./api/getBuckets";
import { requestsQuery, type Row } from "./api/getRequests";
import { catalogueQuery } from "@/shared/api/catalogue";
import { keys } from "@/shared/lib/keys";
import { useStable } from "@/shared/lib/useStable";
import { Age } from "./Age";
import { BucketTable } from "./BucketTable";
import type { Action } from "./bulk/actions";
import type { Doing } from "./bulk/Bulk";
import { useTrackedJobs } from "./bulk/jobs";
import { FirstHint } from "./FirstHint";
import { GroupBy } from "./GroupBy";
import { NoMatches } from "./NoMatches";
import { SearchBar } from "./SearchBar";
import { formatSearch, type Modifier, nextGroupsSort, nextSort, onDay, type Opened, regrouped, sameModifiers, selectionQuery, type SearchState } from "./searchState";
import { deliveredTo, isNothing, targetOf } from "./selection/selection";
import { useSelection } from "./selection/useSelection";
import styles from "./SourceManagementPage.module.css";
import { templatesQuery } from "@/shared/api/templates";
import { type Loaded, loadedBy } from "./templates/saved";
import { TemplatesButton } from "./templates/TemplatesButton";
import { useLiveSearch } from "./useLiveSearch";
import { useSearchState } from "./useSearchState";
import { ViewSwitch } from "./ViewSwitch";

// Nothing is chosen before the first search.
const Bulk = lazy(async () => ({ default: (await import("./bulk/Bulk")).Bulk }));

const CalendarView = lazy(async () => ({ default: (await import("./calendar/CalendarView")).CalendarView }));

const PastBanner = lazy(async () => ({ default: (await import("./past/PastBanner")).PastBanner }));

const refreshEvery = 15_000; // ms
const refreshStaleEvery = 2_000;
const dayGrouping = "due_day";
const aDay = 24 * 60 * 60_000; // ms

interface Props {
  session: Session;
  searched: boolean; // nothing is loaded until somebody searches
}

export function SourceManagementPage({ session, searched: searchedNow }: Props) {
  const [stateNow, change] = useSearchState();
  const now = useMemo(() => ({ state: stateNow, searched: searchedNow }), [stateNow, searchedNow]);
  // What a click or Enter leads to is rendered in slices, between which the browser may paint and listen.
  const { state, searched } = useDeferredValue(now);
  const [draft, setDraft] = useDraft(state.modifiers);
  const [beginning, leaveBeginning] = useBeginning(searched);
  const modifiers = beginning?.untouched ? beginning.modifiers : draft;
  const catalogue = useQuery(catalogueQuery);
  const counted = useMemo(() => countedOf(state), [state]);
  const asked = bucketsQuery(counted);
  const live = useLiveState();
  const counts = useQuery({
    ...asked,
    enabled: searched,
    refetchInterval: (query) => (query.state.data?.stale ? refreshStaleEvery : live === "live" || state.asOf !== undefined ? false : refreshEvery),
    // Numbers stay, dimmed, while the next ones come; groups only if they are of the same groupings.
    placeholderData: (previous, before) => {
      if (previous === undefined) return undefined;
      const asked = before?.queryKey[1] as { group?: string[] } | undefined;
      const same = String(asked?.group ?? "") === String(counted.groups);
      return same ? previous : { ...previous, groups: undefined };
    },
  });
  const answered = useMemo(() => ({ counts: counts.data, outdated: counts.isPlaceholderData }), [counts.data, counts.isPlaceholderData]);
  const shown = useDeferredValue(answered);
  useLiveSearch(counted, searched && counts.isSuccess);
  const url = "/requests" + (formatSearch(state) === "" ? "" : "?" + formatSearch(state));
  useEffect(() => {
    if (searched) rememberSearch(url);
  }, [searched, url]);
  const groupsLeft = (counts.data?.groups_total ?? 0) - (counts.data?.groups?.length ?? 0);
  const changed = !searched || !sameModifiers(modifiers, state.modifiers);

  const [selection, select] = useSelection(state);
  const [doing, setDoing] = useState<Doing>();
  const jobs = useTrackedJobs();
  const past = state.asOf !== undefined; // where nothing can be done
  const chosen = !isNothing(selection) && !past;
  const begin = useCallback((action: Action) => chosen && setDoing({ action, row: undefined }), [chosen]);
  useHotkeys([
    [keys.comment, () => begin("comment")],
    [keys.estimatedDeliveryDate, () => begin("estimated-delivery-date")],
    [keys.materialStatus, () => begin("material-status")],
    [keys.deliver, () => chosen && mayDeliver(session) && deliver({ requests: deliveredTo(selection) })],
    [keys.provide, () => chosen && mayProvide(session) && provide({ to: targetOf(selection, state) })],
  ]);

  const queries = useQueryClient();
  const { search, ...on } = useStable({
    search: (next: Modifier[]) => {
      if (searchedNow && sameModifiers(next, stateNow.modifiers)) {
        void counts.refetch();
        return;
      }
      const changed = { modifiers: next, opened: undefined, ...(beginning === undefined ? {} : { groups: beginning.groups }) };
      // The server counts while the page renders.
      void queries.prefetchQuery(bucketsQuery(countedOf({ ...stateNow, ...changed })));
      change(changed);
    },
    load: ({ modifiers, groups }: Loaded) => {
      setDraft(modifiers);
      change({ modifiers, groups, groupsSort: "", groupsQ: "", opened: undefined, sort: [] });
    },
    draft: (next: Modifier[]) => {
      leaveBeginning();
      setDraft(next);
    },
    groupBy: (groups: string[]) => change(regrouped(groups)),
    calendar: (calendar: boolean) => change({ calendar: calendar ? "requests" : undefined, opened: undefined }),
    groupsQ: (groupsQ: string) => change({ groupsQ }, { replace: true }),
    groupsSort: (bucket: string) => change((at) => ({ groupsSort: nextGroupsSort(at.groupsSort, bucket) })),
    sort: (column: string, more: boolean) => change((at) => ({ sort: nextSort(at.sort, column, more) })),
    act: (action: Action, row: Row) => setDoing({ action, row: chosen ? undefined : row }),
    // The pointer goes down some time before the click.
    reach: (opened: Opened) => void queries.prefetchQuery(requestsQuery({ ...stateNow, opened }, 0)),
    open: (opened: Opened | undefined) => {
      if (opened !== undefined) on.reach(opened);
      change({ opened });
    },
  });
  const travel = (asOf: string | undefined) => change({ asOf, now: undefined });
  const templateNow = useMemo(() => ({ modifiers, groups: beginning?.groups ?? state.groups }), [modifiers, beginning?.groups, state.groups]);
  const tools = useMemo(() => <TemplatesButton catalogue={catalogue.data} session={session} now={templateNow} onLoad={on.load} />, [catalogue.data, session, templateNow, on.load]);

  const nothingMatched = counts.data?.matched === 0 && !counts.isPlaceholderData;
  const failed = counts.isError && counts.data === undefined;
  return (
    <main className={styles.page}>
      <title>{`${t("shell.sourceManagement")} · Backlot`}</title>
      <h1 className="sr-only">{t("shell.sourceManagement")}</h1>
      {searched && state.asOf !== undefined && (
        <Suspense fallback={<div className={styles.banner} />}>
          <PastBanner asOf={state.asOf} onTravel={travel} />
        </Suspense>
      )}
      <div className={styles.tools}>
        <SearchBar
          catalogue={catalogue.data}
          scope={session.scope}
          zone={session.zone}
          modifiers={modifiers}
          now={state.now}
          asOf={state.asOf}
          changed={changed}
          searching={counts.isFetching && counts.isPlaceholderData}
          autoFocus={!searched}
          tools={tools}
          onChange={on.draft}
          onSearch={search}
        />
        {searched && (
          <div className={styles.line}>
            <div className={styles.shape}>
              <ViewSwitch calendar={state.calendar !== undefined} onChange={on.calendar} />
              {state.calendar === undefined && (
                <GroupBy catalogue={catalogue.data} groups={stateNow.groups} onChange={on.groupBy} />
              )}
            </div>
            <div className={styles.figures}>
              {counts.data?.stale && <StaleNotice />}
              {state.now !== undefined && <span>{t("search.asIf", { at: formatInstant(state.now) })}</span>}
              {counts.data !== undefined && (
                <span role="status" className={styles.matched}>
                  <Words text={t("search.matched", { count: counts.data.matched, n: formatNumber(counts.data.matched) })} tags={{ b: (inner) => <strong>{inner}</strong> }} />
                </span>
              )}
              {groupsLeft > 0 && <span>{t("group.left", { n: formatNumber(groupsLeft) })}</span>}
              {counts.data !== undefined && live !== "live" && !past && <Age at={counts.dataUpdatedAt} />}
              {!past && <LiveMark state={live} />}
              {!past && state.now === undefined && (
                <Tooltip label={t("search.past")}>
                  <ActionIcon variant="subtle" color="gray" size={24} aria-label={t("search.past")} onClick={() => travel(new Date(Date.now() - aDay).toISOString())}>
                    <IconHistory size={16} />
                  </ActionIcon>
                </Tooltip>
              )}
              <Tooltip label={t("search.trends")}>
                <ActionIcon component={Link} href={"/trends?" + selectionQuery(state.modifiers, undefined)} variant="subtle" color="gray" size={24} aria-label={t("search.trends")}>
                  <IconTrendingUp size={16} />
                </ActionIcon>
              </Tooltip>
            </div>
          </div>
        )}
        {searched &&
          counts.data?.warnings.map((w) => (
            <p key={w.code + w.modifier + w.value} role="status" className={styles.warning}>
              {warningText(catalogue.data, w)}
            </p>
          ))}
      </div>

      <div className={styles.content}>
        {!searched && <FirstHint scope={session.scope} byDefault={beginning?.untouched ? beginning.name : undefined} />}
        {searched && (catalogue.isError || failed) && (
          <div className={styles.notice}>
            <ProblemNotice
              error={catalogue.error ?? counts.error}
              title={t("search.failed")}
              onRetry={() => {
                if (catalogue.isError) void catalogue.refetch();
                void counts.refetch();
              }}
            />
          </div>
        )}
        {searched && catalogue.isPending && <div className={styles.bone} role="status" aria-busy="true" aria-label={t("common.loading")} />}
        {searched && nothingMatched && <NoMatches state={state} catalogue={catalogue.data} onSearch={search} />}
        {searched && catalogue.data !== undefined && !failed && !nothingMatched && state.calendar !== undefined && (
          <Suspense fallback={null}>
            <CalendarView
              catalogue={catalogue.data}
              counts={counts.data}
              bucket={state.calendar}
              today={dayIn(session.zone, state.now ?? state.asOf)}
              onBucket={(calendar) => change({ calendar }, { replace: true })}
              onDay={(day, bucket) => change({ modifiers: onDay(state.modifiers, day), calendar: undefined, groups: [], groupsSort: "", groupsQ: "", opened: { bucket, group: {} } })}
            />
          </Suspense>
        )}
        {searched && catalogue.data !== undefined && !failed && !nothingMatched && state.calendar === undefined && (
          <BucketTable
            catalogue={catalogue.data}
            counts={shown.counts}
            outdated={shown.outdated}
            state={state}
            session={session}
            selection={selection}
            onReach={on.reach}
            onOpen={on.open}
            onGroupsSort={on.groupsSort}
            onGroupsQ={on.groupsQ}
            onSort={on.sort}
            onSelect={select}
            onAct={on.act}
          />
        )}
      </div>
      {searched && catalogue.data !== undefined && !past && (chosen || jobs.length > 0 || doing !== undefined) && (
        <Suspense fallback={null}>
          <Bulk catalogue={catalogue.data} counts={counts.data} state={state} session={session} selection={selection} doing={doing} onSelect={select} onDo={setDoing} />
        </Suspense>
      )}
    </main>
  );
}

/** What is counted for a search: for the calendar, days in place of its groups. */
function countedOf(state: SearchState): SearchState {
  return state.calendar === undefined ? state : { ...state, groups: [dayGrouping], groupsSort: "", groupsQ: "", opened: undefined };
}

/** The modifiers in the search bar; they follow the URL when that changes, by the back button for one. */
function useDraft(applied: Modifier[]): [Modifier[], (modifiers: Modifier[]) => void] {
  const [draft, setDraft] = useState(applied);
  const [before, setBefore] = useState(applied);
  if (before !== applied) {
    setBefore(applied);
    if (!sameModifiers(before, applied)) setDraft(applied);
  }
  return [draft, setDraft];
}

/** What the account begins with: its modifiers until they are changed, its groupings until it searches. */
function useBeginning(searched: boolean): [(Loaded & { name: string; untouched: boolean }) | undefined, () => void] {
  const templates = useQuery({ ...templatesQuery, enabled: !searched });
  const [untouched, setUntouched] = useState(true);
  const byDefault = templates.data?.templates.find((one) => one.default && one.valid);
  const loaded = useMemo(() => (byDefault === undefined ? undefined : { ...loadedBy(byDefault), name: byDefault.name, untouched }), [byDefault, untouched]);
  const leave = useCallback(() => setUntouched(false), []);
  return [searched ? undefined : loaded, leave];
}
