import { useVirtualizer } from "@tanstack/react-virtual";
import { memo, useEffect, useMemo, useRef } from "react";
import type { Session } from "@/shared/api/session";
import { t } from "@/shared/i18n/t";
import { useRowHeight } from "@/shared/lib/compact";
import type { BucketCounts } from "./api/getBuckets";
import type { Catalogue } from "@/shared/api/catalogue";
import type { Row } from "./api/getRequests";
import { BucketHead } from "./BucketHead";
import { BucketRow } from "./BucketRow";
import styles from "./BucketTable.module.css";
import type { Action } from "./bulk/actions";
import { columnsFor } from "./columns";
import { shown } from "./columns/arrangement";
import { useArrangement } from "./columns/useArrangement";
import { bucketLabel } from "@/shared/lib/labels";
import { countOf, entriesOf, indexOfGroup } from "./entries";
import { listWidth, RequestList } from "./RequestList";
import { placeOf, rememberPlace } from "./places";
import { formatSearch, type Opened, type SearchState } from "./searchState";
import type { Selection } from "./selection/selection";
import { useRequestRows } from "./useRequestRows";
import { useSlots } from "./useSlots";
import { useSparks } from "./useSparks";

// Heights in pixels; BucketTable.module.css and RequestList.module.css have the same.
export const heights = { head: 64, all: 56, group: 40, listHead: 32, gap: 16 };

// Widths in pixels; BucketTable.module.css has the first two as well.
const narrowest = 1040;
const margins = 48;
const scrollBar = 20; // or less

interface Props {
  catalogue: Catalogue;
  counts: BucketCounts | undefined;
  outdated: boolean; // the counts are those of the search before
  state: SearchState;
  session: Session;
  selection: Selection;
  onReach: (opened: Opened) => void; // about to be opened
  onOpen: (opened: Opened | undefined) => void;
  onGroupsSort: (bucket: string) => void;
  onGroupsQ: (text: string) => void;
  onSort: (column: string, more: boolean) => void;
  onSelect: (selection: Selection) => void;
  onAct: (action: Action, row: Row) => void; // on a request, or on what is chosen
}

/**
 * The buckets as one long, virtualised table: the row of everything, the
 * groups, and below the open one its requests. Only what is in view is in the
 * document, and the row being read stays in view.
 */
export const BucketTable = memo(function BucketTable({ catalogue, counts, outdated, state, session, selection, onReach, onOpen, onGroupsSort, onGroupsQ, onSort, onSelect, onAct }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const rowHeight = useRowHeight();
  const allColumns = useMemo(() => columnsFor(catalogue, session), [catalogue, session]);
  const [arrangement, arrange] = useArrangement(allColumns);
  const shownNames = shown(arrangement).join();
  const columns = useMemo(() => shownNames.split(",").flatMap((name) => allColumns.find((c) => c.name === name) ?? []), [allColumns, shownNames]);
  const sparks = useSparks(state, counts !== undefined && !outdated);
  const entries = useMemo(() => entriesOf(counts, state.groups), [counts, state.groups]);

  const { opened } = state;
  const openIndex = useMemo(() => (opened === undefined ? -1 : indexOfGroup(counts, state.groups, opened.group)), [counts, state.groups, opened]);
  const openEntry = openIndex < 0 ? undefined : entries.at(openIndex);
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
        return rowHeight;
      case "gap":
        return heights.gap;
      case "entry":
        return i === 0 ? heights.all : heights.group;
    }
  };

  const count = entries.length + listItems;
  const here = useMemo(() => formatSearch(state), [state]);
  const virtualizer = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: sizeOf,
    overscan: 8,
    scrollMargin: heights.head,
    scrollPaddingStart: heights.head + (openIndex === 0 ? heights.all : heights.group) + heights.listHead,
    initialOffset: () => placeOf(here)?.top ?? 0,
  });
  // Sizes go by the index: they change when another bucket opens. Of another
  // count the virtualizer itself asks for all sizes again, of which there may be 100,000.
  const shape = `${openIndex}/${rows.total}/${rowHeight}`;
  const sized = useRef({ count, shape });
  useEffect(() => {
    const before = sized.current;
    sized.current = { count, shape };
    if (before.count === count && before.shape !== shape) virtualizer.measure();
  }, [virtualizer, count, shape]);
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    // Not the element's own, which would have to lay out first what the scrolling just brought.
    const remember = () => rememberPlace(here, { top: virtualizer.scrollOffset ?? 0 });
    element.addEventListener("scroll", remember, { passive: true });
    return () => element.removeEventListener("scroll", remember);
  }, [here, virtualizer]);

  // A link may open a group far below: where nobody was here before, it is brought into view, once.
  const arrived = useRef(placeOf(here) !== undefined);
  useEffect(() => {
    if (arrived.current || counts === undefined) return;
    arrived.current = true;
    const seen = (scroller.current?.clientHeight ?? 0) - heights.head - heights.listHead - 4 * rowHeight;
    if (openIndex > 0 && startOf(openIndex + 1) > seen) virtualizer.scrollToOffset(startOf(openIndex) - heights.group);
  }, [virtualizer, counts, openIndex, rowHeight]);

  const items = virtualizer.getVirtualItems();
  const visibleRows = items.filter((item) => kindOf(item.index) === "row").map((item) => item.index - firstListItem - 1);
  const first = visibleRows[0];
  const last = visibleRows[visibleRows.length - 1];
  useEffect(() => rows.show(first, last), [rows, first, last]);

  const drawn = items.filter((item) => kindOf(item.index) === "entry" && entryAt(item.index) !== openIndex);
  const slots = useSlots(drawn.map((item) => entryAt(item.index)));
  // In the order of their elements while they pass by, in their own once somebody can read them.
  if (virtualizer.isScrolling) drawn.sort((a, b) => (slots.get(entryAt(a.index)) ?? 0) - (slots.get(entryAt(b.index)) ?? 0));
  const width = openEntry === undefined ? 0 : listWidth(columns, arrangement.widths);
  const wide = Math.max(narrowest, width) + margins > (virtualizer.scrollRect?.width ?? 0) - scrollBar;

  const rowOf = (index: number) => <BucketRow entry={entries.at(index)} index={index} buckets={catalogue.buckets} sparks={index === 0 ? sparks : undefined} open={index === openIndex ? opened?.bucket : undefined} onReach={onReach} onOpen={onOpen} />;
  const noGroup = state.groupsQ !== "" && counts?.groups?.length === 0;

  return (
    <div ref={scroller} className={styles.scroller} data-outdated={outdated || undefined}>
      <div
        role="table"
        aria-label={t("bucket.table")}
        aria-busy={outdated || counts === undefined}
        aria-rowcount={entries.length + 2}
        className={styles.table}
        data-wide={wide || undefined}
        style={width === 0 ? undefined : ({ "--list": `${width}px` } as React.CSSProperties)}
        onKeyDown={moveAmongNumbers}
      >
        <BucketHead
          buckets={catalogue.buckets}
          thresholds={catalogue.thresholds}
          grouped={state.groups.length > 0}
          groupsSort={state.groupsSort}
          groupsQ={state.groupsQ}
          modifiers={state.modifiers}
          asOf={state.asOf}
          counts={outdated || state.now !== undefined ? undefined : counts?.buckets}
          groupsTotal={outdated ? undefined : counts?.groups_total}
          onGroupsSort={onGroupsSort}
          onGroupsQ={onGroupsQ}
        />
        <div role="presentation" className={styles.body} style={{ height: virtualizer.getTotalSize() }}>
          {drawn.map((item) => {
            const at = entryAt(item.index);
            return (
              <div key={slots.get(at)} role="presentation" className={styles.placed} style={{ top: item.start - heights.head }}>
                {rowOf(at)}
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
                height: (openIndex === 0 ? heights.all : heights.group) + heights.listHead + rows.total * rowHeight + heights.gap,
              }}
            >
              <div role="presentation" className={styles.stuck} style={{ top: heights.head }}>
                {rowOf(openIndex)}
              </div>
              <RequestList
                columns={columns}
                allColumns={allColumns}
                arrangement={arrangement}
                rows={rows}
                asked={{ modifiers: state.modifiers, opened, sort: state.sort, now: state.now, asOf: state.asOf }}
                session={session}
                label={`${bucketName(catalogue, opened.bucket)}, ${openEntry.parts.map((p) => p.text).join(" › ")}`}
                stickAt={heights.head + (openIndex === 0 ? heights.all : heights.group)}
                visible={visibleRows}
                scrolling={virtualizer.isScrolling}
                selection={selection}
                extent={{ list: rows.total, matched: counts?.matched ?? rows.total }}
                onArrange={arrange}
                onSort={onSort}
                onReach={(row) => virtualizer.scrollToIndex(firstListItem + 1 + row, { align: "auto" })}
                onSelect={onSelect}
                onAct={onAct}
              />
            </div>
          )}
        </div>
        {noGroup && (
          <p role="status" className={styles.noGroup}>
            {t("group.noneFound", { text: state.groupsQ })}
          </p>
        )}
      </div>
    </div>
  );
});

/** Where an entry begins while no list is open above it. */
function startOf(entry: number): number {
  return entry === 0 ? 0 : heights.all + (entry - 1) * heights.group;
}

/** The arrows go from number to number. */
function moveAmongNumbers(event: React.KeyboardEvent<HTMLElement>) {
  const from = event.target as HTMLElement;
  const { entry, bucket } = from.dataset;
  if (entry === undefined || bucket === undefined || event.metaKey || event.ctrlKey || event.altKey) return;
  const within = (selector: string) => [...event.currentTarget.querySelectorAll<HTMLElement>(selector)];
  const line = within(`[data-entry="${entry}"][data-bucket]`);
  const column = within(`[data-bucket="${bucket}"]`).sort((a, b) => Number(a.dataset.entry) - Number(b.dataset.entry));
  const next = { ArrowRight: line[line.indexOf(from) + 1], ArrowLeft: line[line.indexOf(from) - 1], ArrowDown: column[column.indexOf(from) + 1], ArrowUp: column[column.indexOf(from) - 1] }[event.key];
  if (!event.key.startsWith("Arrow")) return;
  event.preventDefault();
  next?.focus();
}

function bucketName(catalogue: Catalogue, bucket: string): string {
  const found = catalogue.buckets.find((b) => b.key === bucket);
  return found === undefined ? t("bucket.matched") : bucketLabel(found);
}
