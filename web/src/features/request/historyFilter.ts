import { useLocation, useSearch } from "wouter";
import type { HistoryEntry } from "./api/getHistory";

/** What of a history is shown: all kinds and everybody, unless some are named. */
export interface HistoryFilter {
  kinds: string[];
  by: string | undefined; // an account's id
}

export function parseFilter(query: string): HistoryFilter {
  const parameters = new URLSearchParams(query);
  const kinds = (parameters.get("kind") ?? "").split(",").filter((kind) => kind !== "");
  return { kinds, by: parameters.get("by") ?? undefined };
}

/** A page's query with another filter; what else it says stays. */
export function withFilter(query: string, { kinds, by }: HistoryFilter): string {
  const parameters = new URLSearchParams(query);
  parameters.delete("kind");
  parameters.delete("by");
  if (kinds.length > 0) parameters.set("kind", kinds.join(","));
  if (by !== undefined) parameters.set("by", by);
  return parameters.toString().replaceAll("%2C", ",").replaceAll("%3A", ":");
}

export function filtered(entries: HistoryEntry[], { kinds, by }: HistoryFilter): HistoryEntry[] {
  return entries.filter((e) => (kinds.length === 0 || kinds.includes(e.kind)) && (by === undefined || e.actor.account === by));
}

/** The filter that the page's URL holds. */
export function useHistoryFilter(): [HistoryFilter, (filter: HistoryFilter) => void] {
  const query = useSearch();
  const [path, navigate] = useLocation();
  const set = (filter: HistoryFilter) => {
    const next = withFilter(query, filter);
    navigate(next === "" ? path : `${path}?${next}`, { replace: true });
  };
  return [parseFilter(query), set];
}
