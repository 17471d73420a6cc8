import { replaceEqualDeep } from "@tanstack/react-query";
import { useCallback, useMemo, useRef } from "react";
import { useLocation, useSearch } from "wouter";
import { formatSearch, parseSearch, type SearchState } from "./searchState";

/**
 * Goes to another search, said as what changes of the present one; replacing it in the browser's
 * history where each letter would be an entry of it.
 */
export type Change = (changed: Partial<SearchState> | ((now: SearchState) => Partial<SearchState>), options?: { replace: boolean }) => void;

/** The search that the URL holds, and how to go to another one. What is as before is the same object. */
export function useSearchState(): [SearchState, Change] {
  const query = useSearch();
  const [, navigate] = useLocation();
  const before = useRef<SearchState>(undefined);
  const state = useMemo(() => (before.current = replaceEqualDeep(before.current, parseSearch(query)) as SearchState), [query]);
  const change = useCallback<Change>(
    (changed, options) => {
      const now = parseSearch(window.location.search);
      const next = formatSearch({ ...now, ...(typeof changed === "function" ? changed(now) : changed) });
      navigate(next === "" ? "/requests" : "/requests?" + next, options);
    },
    [navigate],
  );
  return [state, change];
}
