import { useEffect, useRef } from "react";
import type { ListColumn } from "./columns";
import type { RequestRows } from "./useRequestRows";

interface CellTips {
  onPointerOver: (event: React.PointerEvent<HTMLElement>) => void;
  onPointerLeave: () => void;
}

/**
 * The whole value of the cell that is pointed at, as its tooltip. Writing one
 * for each cell of each row that passes by would take as long as the rows.
 */
export function useCellTips(columns: ListColumn[], rows: RequestRows, visible: number[]): CellTips {
  const told = useRef<HTMLElement>(undefined);
  function tell(cell: HTMLElement | undefined) {
    if (cell !== told.current) told.current?.removeAttribute("title");
    told.current = cell;
    if (cell === undefined) return;
    const row = rows.row(Number(cell.closest<HTMLElement>("[data-row]")?.dataset.row));
    const column = columns.find((one) => one.name === cell.dataset.column);
    cell.title = row === undefined ? "" : (column?.text(row) ?? "");
  }
  // Its element may show another row by now, or its row another value.
  const first = visible[0];
  useEffect(() => tell(told.current), [first, rows]);
  return {
    onPointerOver: (event) => tell((event.target as HTMLElement).closest<HTMLElement>("[data-column]") ?? undefined),
    onPointerLeave: () => tell(undefined),
  };
}
