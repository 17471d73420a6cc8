import { UnstyledButton } from "@mantine/core";
import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import { memo, useEffect, useRef, useState } from "react";
import { Link, useLocation } from "wouter";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import type { Row } from "./api/getRequests";
import type { ListColumn } from "./columns";
import styles from "./RequestList.module.css";
import type { SortKey } from "./searchState";
import type { RequestRows } from "./useRequestRows";

interface Props {
  columns: ListColumn[];
  rows: RequestRows;
  sort: SortKey[];
  label: string;
  stickAt: number; // pixels below the top at which the header stays
  visible: number[]; // indices of the rows in view
  onSort: (column: string, more: boolean) => void;
  onReach: (row: number) => void; // brings a row into view
}

/** The requests below the open number. */
export function RequestList({ columns, rows, sort, label, stickAt, visible, onSort, onReach }: Props) {
  const [, navigate] = useLocation();
  const grid = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(0);
  const follow = useRef(false); // the next paint moves the focus to the active row
  const tracks = columns.map((c) => c.track).join(" ");
  const current = Math.min(active, Math.max(rows.total - 1, 0));
  // The row to tab to has to be in the document.
  const tabTo = visible.includes(current) ? current : visible[0];

  useEffect(() => {
    if (!follow.current) return;
    const element = grid.current?.querySelector<HTMLElement>(`[data-row="${active}"]`);
    if (element === null || element === undefined) return;
    follow.current = false;
    element.focus({ preventScroll: true });
  });

  function move(to: number) {
    const next = Math.max(0, Math.min(rows.total - 1, to));
    follow.current = true;
    setActive(next);
    onReach(next);
  }

  function onKeyDown(event: React.KeyboardEvent) {
    if (event.metaKey || event.ctrlKey || event.altKey || !(event.target as HTMLElement).hasAttribute("data-row")) return;
    const steps: Record<string, number> = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1, PageDown: 16, PageUp: -16 };
    const step = steps[event.key];
    if (step !== undefined) move(current + step);
    else if (event.key === "Home") move(0);
    else if (event.key === "End") move(rows.total - 1);
    else if (event.key === "Enter") open(current);
    else return;
    event.preventDefault();
  }

  function open(index: number) {
    const row = rows.row(index);
    if (row !== undefined) navigate(hrefOf(row));
  }

  return (
    <div role="row" className={styles.outer}>
      <div role="cell" className={styles.outer}>
        <div ref={grid} role="grid" aria-label={label} aria-rowcount={rows.total + 1} onKeyDown={onKeyDown} style={{ "--tracks": tracks } as React.CSSProperties}>
          <div role="row" aria-rowindex={1} className={styles.head} style={{ top: stickAt }}>
            {columns.map((c) => (
              <ColumnHead key={c.name} column={c} sort={sort} onSort={onSort} />
            ))}
          </div>
          <div role="rowgroup" className={styles.rows} style={{ height: rows.total * 32 }}>
            {visible.map((index) => (
              <RequestRow
                key={index}
                index={index}
                row={rows.row(index)}
                columns={columns}
                tabbable={index === tabTo}
                onFocus={setActive}
                onOpen={open}
              />
            ))}
            {rows.error !== null && (
              <div className={styles.error}>
                <ProblemNotice error={rows.error} title="The requests cannot be listed" onRetry={rows.retry} />
              </div>
            )}
          </div>
        </div>
      </div>
    </div>
  );
}

function hrefOf(row: Row): string {
  return "/requests/" + encodeURIComponent(row.request_id);
}

function ColumnHead({ column, sort, onSort }: { column: ListColumn; sort: SortKey[]; onSort: Props["onSort"] }) {
  const at = sort.findIndex((s) => s.column === column.name);
  const key = sort[at];
  const order = key === undefined ? undefined : key.descending ? "descending" : "ascending";
  return (
    <span role="columnheader" aria-sort={order} className={styles.headCell}>
      {column.sortable ? (
        <UnstyledButton className={styles.headButton} title={`Sort by ${column.label}; with Shift, beside the others`} onClick={(event) => onSort(column.name, event.shiftKey)}>
          {column.label}
          {order === "ascending" && <IconArrowUp size={12} aria-hidden />}
          {order === "descending" && <IconArrowDown size={12} aria-hidden />}
          {sort.length > 1 && at >= 0 && <span className={styles.rank}>{at + 1}</span>}
        </UnstyledButton>
      ) : (
        column.label
      )}
    </span>
  );
}

interface RowProps {
  index: number;
  row: Row | undefined;
  columns: ListColumn[];
  tabbable: boolean;
  onFocus: (index: number) => void;
  onOpen: (index: number) => void;
}

const RequestRow = memo(
  function RequestRow({ index, row, columns, tabbable, onFocus, onOpen }: RowProps) {
    return (
      <div
        role="row"
        aria-rowindex={index + 2}
        data-row={index}
        tabIndex={tabbable ? 0 : -1}
        className={styles.row}
        style={{ top: index * 32 }}
        onFocus={() => onFocus(index)}
        onClick={(event) => {
          // The title is a link of its own, also for opening it in another tab.
          if (!event.defaultPrevented && !(event.target as HTMLElement).closest("a")) onOpen(index);
        }}
      >
        {columns.map((c, i) => (
          <span key={c.name} role="gridcell" className={styles.cell} title={row === undefined ? undefined : c.text(row)} data-column={c.name}>
            {row === undefined ? (
              <span className={styles.bone} style={{ width: `${45 + ((index * 7 + i * 13) % 40)}%` }} />
            ) : c.name === "title" ? (
              <Link href={hrefOf(row)} tabIndex={-1} className={styles.title}>
                {c.cell?.(row) ?? c.text(row)}
              </Link>
            ) : c.cell !== undefined ? (
              c.cell(row)
            ) : (
              c.text(row)
            )}
          </span>
        ))}
      </div>
    );
  },
  (a, b) => a.row === b.row && a.tabbable === b.tabbable && a.columns === b.columns && a.index === b.index && a.onOpen === b.onOpen,
);
