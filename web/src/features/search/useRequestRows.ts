import { useThrottledCallback } from "@mantine/hooks";
import { useQueries, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useLiveState } from "@/shared/live/Live";
import { pageSize, requestsQuery, type Row } from "./api/getRequests";
import type { Opened, SearchState } from "./searchState";

/** The rows below the open number, of which only the pages in view are asked for. */
export interface RequestRows {
  total: number;
  error: unknown;
  stale: boolean;
  row: (index: number) => Row | undefined; // undefined while it is on its way
  show: (first: number | undefined, last: number | undefined) => void;
  retry: () => void;
}
const refreshEvery = 15_000; // ms
const askEvery = 80; // ms; what passes by faster than that nobody could read
const ahead = 40; // rows beyond those in view, so that they are there when they come into it
const kept = 40; // pages, so that a list of any length takes bounded memory

/** expected is how many rows the number above promises, until the list itself says. */
export function useRequestRows(opened: Opened | undefined, { modifiers, sort, now, asOf }: SearchState, expected: number): RequestRows {
  const [pages, setPages] = useState({ from: 0, to: 0 });
  const told = useLiveState() === "live" && now === undefined; // of what changes
  const queries = useMemo(
    () =>
      opened === undefined
        ? []
        : Array.from({ length: pages.to - pages.from + 1 }, (_, i) => ({
            ...requestsQuery({ modifiers, opened, sort, now, asOf }, pages.from + i),
            refetchInterval: told || asOf !== undefined ? (false as const) : refreshEvery,
          })),
    [modifiers, opened, sort, now, asOf, pages, told],
  );
  const result = useQueries({
    queries,
    combine: useCallback(
      (answers: Answer[]) => {
        const loaded = new Map<number, Row[]>();
        answers.forEach((a, i) => a.data !== undefined && loaded.set(pages.from + i, a.data.rows));
        return {
          loaded,
          total: answers.find((a) => a.data !== undefined)?.data?.total,
          error: answers.find((a) => a.isError)?.error ?? null,
          stale: answers.some((a) => a.data?.stale),
          retry: () => answers.forEach((a) => a.isError && void a.refetch()),
        };
      },
      [pages.from],
    ),
  });
  const inView = useRef(pages);
  const ask = useThrottledCallback(() => setPages(inView.current), askEvery);
  const cache = useQueryClient().getQueryCache();
  useEffect(() => {
    const left = cache.findAll({ queryKey: ["requests"], type: "inactive" });
    left.sort((a, b) => b.state.dataUpdatedAt - a.state.dataUpdatedAt);
    for (const query of left.slice(kept)) cache.remove(query);
  }, [cache, pages]);
  // While none of the pages in view is there, the list is as long as it last was: else it would jump.
  const [before, setBefore] = useState({ opened, modifiers, now, asOf, total: result.total });
  const same = before.opened === opened && before.modifiers === modifiers && before.now === now && before.asOf === asOf;
  if (!same || (result.total !== undefined && result.total !== before.total)) setBefore({ opened, modifiers, now, asOf, total: result.total });
  const total = result.total ?? (same ? before.total : undefined) ?? expected;
  return useMemo(
    () => ({
      total,
      error: result.error,
      stale: result.stale,
      row: (index: number) => result.loaded.get(Math.floor(index / pageSize))?.[index % pageSize],
      show: (first: number | undefined, last: number | undefined) => {
        if (first === undefined || last === undefined) return;
        const [from, to] = [Math.max(0, Math.floor((first - ahead) / pageSize)), Math.floor(Math.min(last + ahead, total - 1) / pageSize)];
        if (inView.current.from === from && inView.current.to === to) return;
        inView.current = { from, to };
        ask();
      },
      retry: result.retry,
    }),
    [result, total, ask],
  );
}

interface Answer {
  data?: { rows: Row[]; total: number; stale: boolean } | undefined;
  isError: boolean;
  error: unknown;
  refetch: () => unknown;
}
