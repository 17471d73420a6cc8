import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { toQueryString, type Schemas } from "@/shared/api/client";
import { type LiveEvent, type LiveState, reaches } from "@/shared/live/events";
import { useLive } from "@/shared/live/Live";
import { bucketsQuery } from "./api/getBuckets";
import { requestsQuery } from "./api/getRequests";
import { outOfOrder, patched, sameList } from "./live";
import type { SearchState } from "./searchState";

type Page = Schemas["RowPage"];

const readAgainEvery = 2_000; // ms, at most

/**
 * Keeps the numbers and rows of a search as they are while others work: in
 * their places, so that neither scroll position nor selection move. A search
 * that was not answered is not watched.
 */
export function useLiveSearch(state: SearchState, answered: boolean): LiveState {
  const queries = useQueryClient();
  const { queryKey } = bucketsQuery(state);
  const opened = state.opened;
  const list = opened === undefined ? undefined : requestsQuery({ ...state, opened }, 0).queryKey[1];
  // Another clock than the server's stands still, and so does the past.
  const watch = answered && state.now === undefined && state.asOf === undefined ? watchOf(queryKey[1] as object, list as object | undefined) : undefined;
  const told = useRef<{ watch: string; counts: Schemas["BucketCounts"] }>(undefined);
  const again = useRef<{ timer?: ReturnType<typeof setTimeout>; at: number }>({ at: 0 });

  const live = useLive(watch, (event: LiveEvent) => {
    if (event.name === "counts") {
      told.current = { watch: watch ?? "", counts: event.data };
      queries.setQueryData<Schemas["BucketCounts"]>(queryKey, (shown) => (shown !== undefined && !reaches(event.data.position, shown.position) ? shown : event.data));
    } else if (event.name === "rows" && list !== undefined) {
      const pages = pagesOf(list);
      const stale = outOfOrder(
        pages.flatMap((key) => queries.getQueryData<Page>(key) ?? []),
        state.sort,
        event.data,
      );
      for (const key of pages) queries.setQueryData<Page>(key, (shown) => (shown === undefined ? shown : patched(shown, event.data)));
      if (stale) readAgain(list);
    }
  });

  // An answer that was on its way may be older than what was told meanwhile.
  useEffect(() => {
    const shown = queries.getQueryData<Schemas["BucketCounts"]>(queryKey);
    if (shown === undefined || told.current === undefined || told.current.watch !== watch) return;
    if (!reaches(shown.position, told.current.counts.position)) queries.setQueryData(queryKey, told.current.counts);
  });
  useEffect(() => () => clearTimeout(again.current.timer), [watch]);

  function pagesOf(asked: unknown) {
    const queriesOfList = queries.getQueryCache().findAll({ queryKey: ["requests"], predicate: (query) => sameList(query.queryKey[1], asked) });
    return queriesOfList.map((query) => query.queryKey);
  }

  function readAgain(asked: unknown) {
    clearTimeout(again.current.timer);
    again.current.timer = setTimeout(
      () => {
        again.current.at = Date.now();
        void queries.invalidateQueries({ queryKey: ["requests"], predicate: (query) => sameList(query.queryKey[1], asked) });
      },
      Math.max(0, again.current.at + readAgainEvery - Date.now()),
    );
  }
  return live;
}

/** What the live stream calls the search: its counts, and the list below the open number. */
function watchOf(counts: object, list: object | undefined): string {
  const { sort: _, limit: __, offset: ___, ...rows } = (list ?? { rows: false }) as Record<string, never>;
  return toQueryString({ ...(counts as Record<string, never>), ...rows });
}
