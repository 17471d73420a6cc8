import { useState } from "react";
import type { SearchState } from "../searchState";
import { carried, nothing, type Selection } from "./selection";

/** What is chosen; it goes with the search that it was chosen in. */
export function useSelection(state: SearchState): [Selection, (selection: Selection) => void] {
  const [selection, select] = useState<Selection>(nothing);
  const [before, setBefore] = useState(state);
  if (before !== state) {
    setBefore(state);
    select(carried(selection, before, state));
  }
  return [selection, select];
}
