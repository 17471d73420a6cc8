import { useCallback, useMemo } from "react";
import { useLocation, useSearch } from "wouter";
import { formatSearch, parseSearch, type SearchState } from "./searchState";

/** Goes to another search; replacing the present one in the browser's history where each letter would be an entry of it. */
export type Change = (changed: Partial<SearchState>, options?: { replace: boolean }) => void;

/** The search that the URL holds, and how to go to another one. */
export function useSearchState(): [SearchState, Change] {
  const query = useSearch();
  const [, navigate] = useLocation();
  const state = useMemo(() => parseSearch(query), [query]);
  const change = useCallback(
    (changed: Partial<SearchState>, options?: { replace: boolean }) => {
      const next = formatSearch({ ...parseSearch(window.location.search), ...changed });
      navigate(next === "" ? "/requests" : "/requests?" + next, options);
    },
    [navigate],
  );
  return [state, change];
}
