import { useQueries } from "@tanstack/react-query";
import { useCallback, useMemo, useState } from "react";
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
const none: Opened = { bucket: "all", group: {} };
const refreshEvery = 15_000; // ms

/** expected is how many rows the number above promises, until the list itself says. */
export function useRequestRows(opened: Opened | undefined, { modifiers, sort, now }: SearchState, expected: number): RequestRows {
  const [pages, setPages] = useState({ from: 0, to: 0 });
  const told = useLiveState() === "live" && now === undefined; // of what changes
  const asked = Array.from({ length: opened === undefined ? 0 : pages.to - pages.from + 1 }, (_, i) => pages.from + i);
  const result = useQueries({
    queries: asked.map((page) => ({ ...requestsQuery({ modifiers, opened: opened ?? none, sort, now }, page), refetchInterval: told ? false : refreshEvery })),
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
  const show = useCallback((first: number | undefined, last: number | undefined) => {
    if (first === undefined || last === undefined) return;
    const from = Math.floor(first / pageSize);
    const to = Math.floor(last / pageSize);
    setPages((p) => (p.from === from && p.to === to ? p : { from, to }));
  }, []);
  return useMemo(
    () => ({
      total: result.total ?? expected,
      error: result.error,
      stale: result.stale,
      row: (index: number) => result.loaded.get(Math.floor(index / pageSize))?.[index % pageSize],
      show,
      retry: result.retry,
    }),
    [result, expected, show],
  );
}

interface Answer {
  data?: { rows: Row[]; total: number; stale: boolean } | undefined;
  isError: boolean;
  error: unknown;
  refetch: () => unknown;
}
