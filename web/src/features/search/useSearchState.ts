import { useCallback, useMemo } from "react";
import { useLocation, useSearch } from "wouter";
import { formatSearch, parseSearch, type SearchState } from "./searchState";

/** The search that the URL holds, and how to go to another one. */
export function useSearchState(): [SearchState, (change: Partial<SearchState>) => void] {
  const query = useSearch();
  const [, navigate] = useLocation();
  const state = useMemo(() => parseSearch(query), [query]);
  const change = useCallback(
    (changed: Partial<SearchState>) => {
      const next = formatSearch({ ...parseSearch(window.location.search), ...changed });
      navigate(next === "" ? "/requests" : "/requests?" + next);
    },
    [navigate],
  );
  return [state, change];
}
