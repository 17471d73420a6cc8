import { Tooltip, UnstyledButton } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconChevronDown, IconChevronUp } from "@tabler/icons-react";
import { useVirtualizer } from "@tanstack/react-virtual";
import { memo, useEffect, useMemo, useRef } from "react";
import type { Session } from "@/shared/api/session";
import { formatNumber } from "@/shared/lib/format";
import { BucketMark, bucketColor } from "@/shared/ui/BucketMark";
import type { BucketCounts, Group } from "./api/getBuckets";
import type { Catalogue, CatalogueBucket } from "./api/getCatalogue";
import styles from "./BucketTable.module.css";
import { columnsFor } from "./columns";
import { groupOf, groupParts } from "./labels";
import { RequestList } from "./RequestList";
import { placeOf, rememberPlace } from "./places";
import { sameGroup, type Opened, type SearchState } from "./searchState";
import { useRequestRows } from "./useRequestRows";

// Heights in pixels; BucketTable.module.css and RequestList.module.css have the same.
export const heights = { head: 64, all: 56, group: 40, listHead: 32, row: 32, gap: 16 };

/** A row of numbers: everything, or one group. */
export interface Entry {
  group: Record<string, string>;
  parts: { name: string; text: string; none: boolean }[];
  matched: number | undefined; // undefined while it is not known
  buckets: BucketCounts["buckets"] | undefined;
}

interface Props {
  catalogue: Catalogue;
  counts: BucketCounts | undefined;
  outdated: boolean; // the counts are those of the search before
  state: SearchState;
  session: Session;
  onOpen: (opened: Opened | undefined) => void;
  onGroupsSort: (bucket: string) => void;
  onSort: (column: string, more: boolean) => void;
}

const everything: Entry["parts"] = [{ name: "all", text: "All", none: false }];

/**
 * The buckets as one long, virtualised table: the row of everything, the
 * groups, and below the open one its requests. Only what is in view is in the
 * document, and the row being read stays in view.
 */
export function BucketTable({ catalogue, counts, outdated, state, session, onOpen, onGroupsSort, onSort }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const columns = useMemo(() => columnsFor(session), [session]);
  const entries = useMemo(() => entriesOf(counts, state.groups), [counts, state.groups]);

  const { opened } = state;
  const openIndex = opened === undefined ? -1 : entries.findIndex((e) => sameGroup(e.group, opened.group));
  const openEntry = entries[openIndex];
  const expected = openEntry === undefined || opened === undefined ? 0 : (countOf(openEntry, opened.bucket) ?? 0);
  const rows = useRequestRows(openEntry === undefined ? undefined : opened, state, expected);
  const listItems = openEntry === undefined ? 0 : 1 + rows.total + 1; // its header, its rows, the gap below

  const firstListItem = openIndex + 1;
  const kindOf = (i: number): "entry" | "head" | "row" | "gap" => {
    if (openEntry === undefined || i < firstListItem || i >= firstListItem + listItems) return "entry";
    if (i === firstListItem) return "head";
    return i === firstListItem + listItems - 1 ? "gap" : "row";
  };
  const entryAt = (i: number) => (i < firstListItem || openEntry === undefined ? i : i - listItems);
  const sizeOf = (i: number) => {
    switch (kindOf(i)) {
      case "head":
        return heights.listHead;
      case "row":
        return heights.row;
      case "gap":
        return heights.gap;
      case "entry":
        return i === 0 ? heights.all : heights.group;
    }
  };

  const here = window.location.pathname + window.location.search;
  const virtualizer = useVirtualizer({
    count: entries.length + listItems,
    getScrollElement: () => scroller.current,
    estimateSize: sizeOf,
    overscan: 8,
    scrollMargin: heights.head,
    scrollPaddingStart: heights.head + (openIndex === 0 ? heights.all : heights.group) + heights.listHead,
    initialOffset: () => placeOf(here)?.top ?? 0,
  });
  // Sizes go by the index: they change when another bucket opens.
  const shape = `${entries.length}/${openIndex}/${rows.total}`;
  useEffect(() => virtualizer.measure(), [virtualizer, shape]);
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const remember = () => rememberPlace(here, { top: element.scrollTop });
    element.addEventListener("scroll", remember, { passive: true });
    return () => element.removeEventListener("scroll", remember);
  }, [here]);

  const items = virtualizer.getVirtualItems();
  const startOf = (entry: number) => (entry === 0 ? 0 : heights.all + (entry - 1) * heights.group);
  const visibleRows = items.filter((item) => kindOf(item.index) === "row").map((item) => item.index - firstListItem - 1);
  const first = visibleRows[0];
  const last = visibleRows[visibleRows.length - 1];
  useEffect(() => rows.show(first, last), [rows, first, last]);

  const rowOf = (entry: Entry, index: number) => (
    <BucketRow
      entry={entry}
      index={index}
      buckets={catalogue.buckets}
      open={index === openIndex ? opened?.bucket : undefined}
      onOpen={onOpen}
    />
  );

  return (
    <div ref={scroller} className={styles.scroller} data-outdated={outdated || undefined}>
      <div role="table" aria-label="Buckets" aria-busy={outdated || counts === undefined} aria-rowcount={entries.length + 2} className={styles.table}>
        <BucketHead buckets={catalogue.buckets} grouped={state.groups.length > 0} groupsSort={state.groupsSort} onGroupsSort={onGroupsSort} />
        <div role="presentation" className={styles.body} style={{ height: virtualizer.getTotalSize() }}>
          {items.map((item) => {
            if (kindOf(item.index) !== "entry") return null;
            const at = entryAt(item.index);
            const entry = entries[at];
            if (entry === undefined || at === openIndex) return null;
            return (
              <div key={at} role="presentation" className={styles.placed} style={{ top: item.start - heights.head }}>
                {rowOf(entry, at)}
              </div>
            );
          })}
          {openEntry !== undefined && opened !== undefined && (
            // As tall as all that it holds, so that the browser itself keeps its
            // first two rows in view for as long as any of it is.
            <div
              role="rowgroup"
              className={styles.section}
              style={{
                top: startOf(openIndex),
                height: (openIndex === 0 ? heights.all : heights.group) + heights.listHead + rows.total * heights.row + heights.gap,
              }}
            >
              <div role="presentation" className={styles.stuck} style={{ top: heights.head }}>
                {rowOf(openEntry, openIndex)}
              </div>
              <RequestList
                columns={columns}
                rows={rows}
                sort={state.sort}
                label={`${bucketName(catalogue, opened.bucket)}, ${openEntry.parts.map((p) => p.text).join(" › ")}`}
                stickAt={heights.head + (openIndex === 0 ? heights.all : heights.group)}
                visible={visibleRows}
                onSort={onSort}
                onReach={(row) => virtualizer.scrollToIndex(firstListItem + 1 + row, { align: "auto" })}
              />
            </div>
          )}
        </div>
      </div>
    </div>
  );
}

function entriesOf(counts: BucketCounts | undefined, groups: string[]): Entry[] {
  const all: Entry = { group: {}, parts: everything, matched: counts?.matched, buckets: counts?.buckets };
  if (groups.length === 0) return [all];
  if (counts?.groups === undefined) {
    // As many as usually fit, until the groups are there.
    return [all, ...Array.from({ length: 8 }, (_, i): Entry => ({ group: { "": String(i) }, parts: [], matched: undefined, buckets: undefined }))];
  }
  return [all, ...counts.groups.map((g: Group): Entry => ({ group: groupOf(g.key), parts: groupParts(groups, g.key), matched: g.matched, buckets: g.buckets }))];
}

function countOf(entry: Entry, bucket: string): number | undefined {
  return bucket === "all" ? entry.matched : entry.buckets?.[bucket as keyof BucketCounts["buckets"]];
}

function bucketName(catalogue: Catalogue, bucket: string): string {
  return catalogue.buckets.find((b) => b.key === bucket)?.label ?? "Matched";
}

interface HeadProps {
  buckets: CatalogueBucket[];
  grouped: boolean;
  groupsSort: string;
  onGroupsSort: (bucket: string) => void;
}

const BucketHead = memo(function BucketHead({ buckets, grouped, groupsSort, onGroupsSort }: HeadProps) {
  return (
    <div role="rowgroup" className={styles.head}>
      <div role="presentation" className={styles.families} aria-hidden>
        <span className={styles.insights}>Insights</span>
        <span className={styles.states}>Asset States</span>
      </div>
      <div role="row" className={styles.labels}>
        <span role="columnheader" className={styles.corner}>
          <span className="sr-only">Group</span>
        </span>
        {buckets.map((b) => {
          const order = groupsSort === "-" + b.key ? "descending" : groupsSort === b.key ? "ascending" : undefined;
          const text = (
            <>
              <BucketMark bucket={b.key} /> {b.label}
              {order === "descending" && <IconArrowDown size={12} aria-hidden />}
              {order === "ascending" && <IconArrowUp size={12} aria-hidden />}
            </>
          );
          return (
            <span key={b.key} role="columnheader" aria-sort={order} className={styles.label} data-key={b.key}>
              <Tooltip label={grouped ? `${b.help} Click to sort the groups by it.` : b.help} position="bottom-end">
                {grouped ? (
                  <UnstyledButton className={styles.labelText} onClick={() => onGroupsSort(b.key)}>
                    {text}
                  </UnstyledButton>
                ) : (
                  <span className={styles.labelText} tabIndex={0}>
                    {text}
                  </span>
                )}
              </Tooltip>
            </span>
          );
        })}
        <span role="columnheader">
          <span className="sr-only">All that is matched</span>
        </span>
      </div>
    </div>
  );
});

interface RowProps {
  entry: Entry;
  index: number;
  buckets: CatalogueBucket[];
  open: string | undefined;
  onOpen: (opened: Opened | undefined) => void;
}

// Plain buttons: thousands of rows pass by, and components cost more than their tags.
const BucketRow = memo(function BucketRow({ entry, index, buckets, open, onOpen }: RowProps) {
  const name = entry.parts.map((p) => p.text).join(" › ");
  const toggle = (bucket: string) => onOpen(open === bucket ? undefined : { bucket, group: entry.group });
  return (
    <div role="row" aria-rowindex={index + 2} className={styles.row} data-all={index === 0 || undefined} data-open={open !== undefined || undefined}>
      <span role="rowheader" className={styles.name} title={name}>
        {entry.parts.length === 0 && <span className={styles.bone} style={{ width: 160 }} />}
        {entry.parts.map((p, i) => (
          <span key={p.name} data-none={p.none || undefined} className={styles.part}>
            {i > 0 && <span className={styles.then}> › </span>}
            {p.text}
          </span>
        ))}
      </span>
      {buckets.map((b) => {
        const n = entry.buckets?.[b.key];
        return (
          <span key={b.key} role="cell" className={styles.cell} data-key={b.key}>
            {n === undefined ? (
              <span className={styles.bone} style={{ width: 48 }} />
            ) : n === 0 ? (
              <span className={styles.zero}>0</span>
            ) : (
              <button
                type="button"
                className={styles.number}
                style={{ color: bucketColor(b.key) }}
                aria-expanded={open === b.key}
                aria-label={`${formatNumber(n)} ${b.label}, ${name}`}
                onClick={() => toggle(b.key)}
              >
                {formatNumber(n)}
              </button>
            )}
          </span>
        );
      })}
      <span role="cell" className={styles.arrow}>
        {entry.matched !== undefined && entry.matched > 0 && (
          <button
            type="button"
            className={styles.chevron}
            title={`${open === "all" ? "Close" : "Open"} all ${formatNumber(entry.matched)} matched`}
            aria-expanded={open === "all"}
            aria-label={`${formatNumber(entry.matched)} matched, ${name}`}
            onClick={() => toggle("all")}
          >
            {open === "all" ? <IconChevronUp size={16} aria-hidden /> : <IconChevronDown size={16} aria-hidden />}
          </button>
        )}
      </span>
    </div>
  );
});
