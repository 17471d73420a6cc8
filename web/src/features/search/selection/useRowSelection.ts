import { useRef, useState } from "react";
import { getRequestIds } from "../api/getRequestIds";
import type { RowsAsked } from "../api/getRequests";
import type { RequestRows } from "../useRequestRows";
import { range, type Selection, toggled, withThese } from "./selection";

interface Options {
  rows: RequestRows;
  asked: RowsAsked;
  selection: Selection;
  onSelect: (selection: Selection) => void;
}

/** Chooses rows of the list: one by one, or from the one before to this one. */
export function useRowSelection({ rows, asked, selection, onSelect }: Options) {
  const anchor = useRef<{ index: number; list: string }>(undefined);
  const latest = useRef(selection);
  latest.current = selection;
  const [choosing, setChoosing] = useState(false);
  const list = JSON.stringify(asked);

  /** Chooses a row, or takes it back; with range, all from the one that was chosen last. */
  function choose(index: number, toRange: boolean) {
    const row = rows.row(index);
    if (row === undefined) return;
    if (toRange && anchor.current?.list === list) {
      void extendTo(index);
      return;
    }
    anchor.current = { index, list };
    onSelect(toggled(selection, row.request_id));
  }

  /** Chooses all from the one that was chosen last, or from another one, to this one. */
  async function extendTo(index: number, otherwise = index) {
    if (anchor.current?.list !== list) anchor.current = { index: otherwise, list };
    const { first, count } = range(anchor.current.index, index);
    const places = Array.from({ length: count }, (_, i) => first + i);
    const known = places.flatMap((i) => rows.row(i)?.request_id ?? []);
    if (known.length === count) {
      onSelect(withThese(selection, known));
      return;
    }
    // Rows that were never in view are asked for; of what was chosen meanwhile nothing is lost.
    setChoosing(true);
    try {
      const ids = await getRequestIds(asked, first, count);
      onSelect(withThese(latest.current, ids));
    } finally {
      setChoosing(false);
    }
  }

  return { choose, extendTo, choosing };
}
