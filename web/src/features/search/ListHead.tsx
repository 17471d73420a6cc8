import { memo } from "react";
import type { ListColumn } from "./columns";
import type { Arrangement } from "./columns/arrangement";
import { ColumnHead } from "./columns/ColumnHead";
import { ColumnsButton } from "./columns/ColumnsButton";
import styles from "./RequestList.module.css";
import type { SortKey } from "./searchState";
import type { Selection } from "./selection/selection";
import { SelectAll } from "./selection/SelectAll";

interface Props {
  columns: ListColumn[];
  allColumns: ListColumn[];
  arrangement: Arrangement;
  sort: SortKey[];
  stickAt: number; // pixels below the top at which it stays
  selection: Selection;
  listed: number;
  matched: number;
  label: string;
  otherClock: boolean;
  onSort: (column: string, more: boolean) => void;
  onArrange: (next: Arrangement | undefined) => void;
  onSelect: (selection: Selection) => void;
}

/** The header of the list, which stays as it is while rows pass by. */
export const ListHead = memo(function ListHead({ columns, allColumns, arrangement, sort, stickAt, selection, listed, matched, label, otherClock, onSort, onArrange, onSelect }: Props) {
  return (
    <div role="row" aria-rowindex={1} className={styles.head} style={{ top: stickAt }}>
      <span role="columnheader" className={styles.check}>
        <SelectAll selection={selection} extent={{ list: listed, matched }} label={label} otherClock={otherClock} onSelect={onSelect} />
      </span>
      {columns.map((c, i) => (
        <ColumnHead key={c.name} column={c} pinned={i === 0} sort={sort} arrangement={arrangement} onSort={onSort} onArrange={onArrange} />
      ))}
      <span role="presentation" />
      <span role="columnheader" className={styles.headTools}>
        <ColumnsButton columns={allColumns} arrangement={arrangement} onArrange={onArrange} />
      </span>
    </div>
  );
});
