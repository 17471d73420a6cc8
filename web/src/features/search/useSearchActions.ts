import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useLocation } from "wouter";
import { catalogueQuery } from "@/shared/api/catalogue";
import type { Session } from "@/shared/api/session";
import { groupingLabel } from "@/shared/lib/labels";
import { columnsFor } from "./columns";
import { shown, toggled } from "./columns/arrangement";
import { useArrangement } from "./columns/useArrangement";
import { regrouped } from "./searchState";
import { useSearchState } from "./useSearchState";

/** What is there or not, and is turned by its name. */
export interface Turn {
  label: string;
  on: boolean;
  turn: () => void;
}

const none = { groupings: [] as Turn[], columns: [] as Turn[] };

/** What can be done to the search that is shown without a pointer to where it stands: group it, choose its columns. */
export function useSearchActions(session: Session): { groupings: Turn[]; columns: Turn[] } {
  const [path] = useLocation();
  const catalogue = useQuery(catalogueQuery).data;
  const [{ groups }, change] = useSearchState();
  const all = useMemo(() => (catalogue === undefined ? [] : columnsFor(catalogue, session)), [catalogue, session]);
  const [arrangement, arrange] = useArrangement(all);
  if (catalogue === undefined || path !== "/requests") return none;
  const visible = shown(arrangement);
  return {
    groupings: catalogue.groupings.map(({ name }) => {
      const on = groups.includes(name);
      return { label: groupingLabel(catalogue, name), on, turn: () => change(regrouped(on ? groups.filter((one) => one !== name) : [...groups, name])) };
    }),
    columns: all.map(({ name, label }) => ({ label, on: visible.includes(name), turn: () => arrange(toggled(arrangement, name)) })),
  };
}
