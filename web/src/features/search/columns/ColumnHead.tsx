import { UnstyledButton } from "@mantine/core";
import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import { useRef } from "react";
import { t } from "@/shared/i18n/t";
import type { ListColumn } from "../columns";
import styles from "../RequestList.module.css";
import type { SortKey } from "../searchState";
import { type Arrangement, narrowest, resized, unsized, widest } from "./arrangement";

interface Props {
  column: ListColumn;
  pinned: boolean;
  sort: SortKey[];
  arrangement: Arrangement;
  onSort: (column: string, more: boolean) => void;
  onArrange: (next: Arrangement) => void;
}

export function ColumnHead({ column, pinned, sort, arrangement, onSort, onArrange }: Props) {
  const at = sort.findIndex((s) => s.column === column.name);
  const key = sort[at];
  const order = key === undefined ? undefined : key.descending ? "descending" : "ascending";
  return (
    <span role="columnheader" aria-sort={order} aria-label={column.label} className={pinned ? styles.headPinned : styles.headCell}>
      {column.sortable ? (
        <UnstyledButton className={styles.headButton} title={t("list.sortBy", { name: column.label })} onClick={(event) => onSort(column.name, event.shiftKey)}>
          <span className={styles.headText}>{column.head}</span>
          {order === "ascending" && <IconArrowUp size={12} aria-hidden />}
          {order === "descending" && <IconArrowDown size={12} aria-hidden />}
          {sort.length > 1 && at >= 0 && <span className={styles.rank}>{at + 1}</span>}
        </UnstyledButton>
      ) : (
        <span className={styles.headText}>{column.head}</span>
      )}
      <Resizer column={column} arrangement={arrangement} onArrange={onArrange} />
    </span>
  );
}

const step = 8; // pixels a key press

/** The edge of a column: dragged, moved by the arrows, or as it was by a double click. */
function Resizer({ column, arrangement, onArrange }: Pick<Props, "column" | "arrangement" | "onArrange">) {
  const from = useRef<{ x: number; width: number }>(undefined);
  const now = arrangement.widths[column.name] ?? column.least;
  const measure = (element: HTMLElement) => element.parentElement?.getBoundingClientRect().width ?? now;
  return (
    <span
      role="separator"
      aria-orientation="vertical"
      aria-label={t("columns.width", { name: column.label })}
      aria-valuenow={now}
      aria-valuemin={narrowest}
      aria-valuemax={widest}
      tabIndex={0}
      title={t("columns.widthTip")}
      className={styles.resizer}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.preventDefault();
        event.currentTarget.setPointerCapture(event.pointerId);
        from.current = { x: event.clientX, width: measure(event.currentTarget) };
      }}
      onPointerMove={(event) => {
        if (from.current !== undefined) onArrange(resized(arrangement, column.name, from.current.width + event.clientX - from.current.x));
      }}
      onPointerUp={() => (from.current = undefined)}
      onPointerCancel={() => (from.current = undefined)}
      onDoubleClick={() => onArrange(unsized(arrangement, column.name))}
      onKeyDown={(event) => {
        const by = { ArrowLeft: -step, ArrowRight: step }[event.key];
        if (by !== undefined) onArrange(resized(arrangement, column.name, measure(event.currentTarget) + by));
        else if (event.key === "Delete" || event.key === "Backspace") onArrange(unsized(arrangement, column.name));
        else return;
        event.preventDefault();
      }}
    />
  );
}
