import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { Session } from "@/shared/api/session";
import { formatInstant, formatNumber } from "@/shared/lib/format";
import { rememberSearch } from "@/shared/lib/lastSearch";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import { StaleNotice } from "@/shared/ui/StaleNotice";
import { bucketsQuery } from "./api/getBuckets";
import { catalogueQuery } from "./api/getCatalogue";
import { Age } from "./Age";
import { BucketTable } from "./BucketTable";
import { FirstHint } from "./FirstHint";
import { GroupBy } from "./GroupBy";
import { NoMatches } from "./NoMatches";
import { SearchBar } from "./SearchBar";
import { formatSearch, nextGroupsSort, nextSort, sameModifiers, type Modifier } from "./searchState";
import styles from "./SourceManagementPage.module.css";
import { useSearchState } from "./useSearchState";

const refreshEvery = 15_000; // ms
const refreshStaleEvery = 2_000;

interface Props {
  session: Session;
  searched: boolean; // nothing is loaded until somebody searches
}

export function SourceManagementPage({ session, searched }: Props) {
  const [state, change] = useSearchState();
  const [draft, setDraft] = useDraft(state.modifiers);
  const catalogue = useQuery(catalogueQuery);
  const asked = bucketsQuery(state);
  const counts = useQuery({
    ...asked,
    enabled: searched,
    refetchInterval: (query) => (query.state.data?.stale ? refreshStaleEvery : refreshEvery),
    // Numbers stay, dimmed, while the next ones come; groups only if they are of the same groupings.
    placeholderData: (previous, before) => {
      if (previous === undefined) return undefined;
      const asked = before?.queryKey[1] as { group?: string[] } | undefined;
      const same = String(asked?.group ?? "") === String(state.groups);
      return same ? previous : { ...previous, groups: undefined };
    },
  });
  const url = "/requests" + (formatSearch(state) === "" ? "" : "?" + formatSearch(state));
  useEffect(() => {
    if (searched) rememberSearch(url);
  }, [searched, url]);
  const groupsLeft = (counts.data?.groups_total ?? 0) - (counts.data?.groups?.length ?? 0);
  const changed = !searched || !sameModifiers(draft, state.modifiers);

  function search(modifiers: Modifier[]) {
    if (searched && sameModifiers(modifiers, state.modifiers)) void counts.refetch();
    else change({ modifiers, opened: undefined });
  }

  return (
    <main className={styles.page}>
      <title>Source Management · Backlot</title>
      <h1 className="sr-only">Source Management</h1>
      <div className={styles.tools}>
        <SearchBar
          catalogue={catalogue.data}
          scope={session.scope}
          zone={session.zone}
          modifiers={draft}
          now={state.now}
          changed={changed}
          searching={counts.isFetching && counts.isPlaceholderData}
          autoFocus={!searched}
          onChange={setDraft}
          onSearch={search}
        />
        {searched && (
          <div className={styles.line}>
            <GroupBy catalogue={catalogue.data} groups={state.groups} onChange={(groups) => change({ groups, groupsSort: groups.length === 0 ? "" : state.groupsSort, opened: undefined })} />
            <div className={styles.figures}>
              {counts.data?.stale && <StaleNotice />}
              {state.now !== undefined && <span>as if it were {formatInstant(state.now)}</span>}
              {counts.data !== undefined && (
                <span role="status" className={styles.matched}>
                  <strong>{formatNumber(counts.data.matched)}</strong> matched
                </span>
              )}
              {groupsLeft > 0 && <span>{formatNumber(groupsLeft)} more groups; narrow the search to see them</span>}
              {counts.data !== undefined && <Age at={counts.dataUpdatedAt} />}
            </div>
          </div>
        )}
        {searched &&
          counts.data?.warnings.map((w) => (
            <p key={w.code + (w.modifier ?? "") + (w.value ?? "")} role="status" className={styles.warning}>
              {w.message}
            </p>
          ))}
      </div>

      {!searched && <FirstHint scope={session.scope} />}
      {searched && (catalogue.isError || (counts.isError && counts.data === undefined)) && (
        <div className={styles.notice}>
          <ProblemNotice
            error={catalogue.error ?? counts.error}
            title="The search was not answered"
            onRetry={() => {
              if (catalogue.isError) void catalogue.refetch();
              void counts.refetch();
            }}
          />
        </div>
      )}
      {searched && counts.data?.matched === 0 && !counts.isPlaceholderData && <NoMatches state={state} catalogue={catalogue.data} onSearch={search} />}
      {searched && catalogue.data !== undefined && !(counts.isError && counts.data === undefined) && !(counts.data?.matched === 0 && !counts.isPlaceholderData) && (
        <BucketTable
          catalogue={catalogue.data}
          counts={counts.data}
          outdated={counts.isPlaceholderData}
          state={state}
          session={session}
          onOpen={(opened) => change({ opened })}
          onGroupsSort={(bucket) => change({ groupsSort: nextGroupsSort(state.groupsSort, bucket) })}
          onSort={(column, more) => change({ sort: nextSort(state.sort, column, more) })}
        />
      )}
    </main>
  );
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
