import { lazy, Suspense, useEffect, useMemo, useRef, useState } from "react";
import { useLocation } from "wouter";
import type { Session } from "@/shared/api/session";
import { t } from "@/shared/i18n/t";
import { deliver, mayDeliver } from "@/shared/lib/delivering";
import { mayProvide, provide } from "@/shared/lib/providing";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import { keys } from "@/shared/lib/keys";
import { useStable } from "@/shared/lib/useStable";
import type { Row, RowsAsked } from "./api/getRequests";
import { type Action, actionsOf, keyOf } from "./bulk/actions";
import type { ListColumn } from "./columns";
import type { Arrangement } from "./columns/arrangement";
import { hrefOf, RequestRow, type RowCalls } from "./RequestRow";
import { ListHead } from "./ListHead";
import styles from "./RequestList.module.css";
import { deliveredTo, type Extent, isNothing, isSelected, type Selection, targetOf } from "./selection/selection";
import { useRowSelection } from "./selection/useRowSelection";
import type { RequestRows } from "./useRequestRows";
import { useCellTips } from "./useCellTips";
import { useSlots } from "./useSlots";

const RowMenu = lazy(async () => ({ default: (await import("./RowMenu")).RowMenu }));

// Widths in pixels; RequestList.module.css has the same.
const checkWidth = 40;
const toolsWidth = 40; // the icons of a row lie over what is left of it

interface Props {
  columns: ListColumn[]; // those that are shown, in order
  allColumns: ListColumn[];
  arrangement: Arrangement;
  rows: RequestRows;
  asked: RowsAsked;
  session: Session;
  label: string;
  stickAt: number; // pixels below the top at which the header stays
  visible: number[]; // indices of the rows in view
  scrolling: boolean;
  selection: Selection;
  extent: Extent;
  onArrange: (next: Arrangement | undefined) => void;
  onSort: (column: string, more: boolean) => void;
  onReach: (row: number) => void; // brings a row into view
  onSelect: (selection: Selection) => void;
  onAct: (action: Action, row: Row) => void;
}

/** How wide the list is at least. */
export function listWidth(columns: ListColumn[], widths: Arrangement["widths"]): number {
  return checkWidth + columns.reduce((sum, c) => sum + (widths[c.name] ?? c.least), 0) + toolsWidth;
}

/** The grid's columns: the check box, those of the list, what is left over, the icons. */
function tracksOf(columns: ListColumn[], widths: Arrangement["widths"]): string {
  const track = (c: ListColumn) => {
    const chosen = widths[c.name];
    if (chosen !== undefined) return `${chosen}px`;
    return c.grow === 0 ? `${c.least}px` : `minmax(${c.least}px, ${c.grow}fr)`;
  };
  return `${checkWidth}px ${columns.map(track).join(" ")} minmax(0, 0.001fr) ${toolsWidth}px`;
}

/** The requests below the open number. */
export function RequestList(props: Props) {
  const { columns, arrangement, rows, asked, session, stickAt, visible, scrolling, selection, extent, onReach, onSelect, onAct } = props;
  const [, navigate] = useLocation();
  const past = asked.asOf !== undefined; // where nothing can be done
  const delivers = mayDeliver(session) && !past;
  const provides = mayProvide(session) && !past;
  const grid = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(0);
  const [menu, setMenu] = useState<{ index: number; at: DOMRect }>();
  const follow = useRef<number>(undefined); // the row that gets the focus as soon as it is in the document
  const current = Math.min(active, Math.max(rows.total - 1, 0));
  const [focused, setFocused] = useState(false);
  // The row that has the focus, or is to have it, stays in the document, also
  // out of view: with it the focus would be gone.
  const drawn = !focused || rows.total === 0 || visible.includes(current) ? visible : current < (visible[0] ?? 0) ? [current, ...visible] : [...visible, current];
  // In the order of their elements while they pass by, in their own once somebody can read them.
  const slots = useSlots(drawn);
  const slotOf = (index: number) => slots.get(index) ?? 0;
  const ordered = scrolling ? [...drawn].sort((a, b) => slotOf(a) - slotOf(b)) : drawn;
  // The row to tab to has to be in the document.
  const tabTo = drawn.includes(current) ? current : drawn[0];
  const { choose, extendTo, choosing } = useRowSelection({ rows, asked, selection, onSelect });
  const menuRow = menu === undefined ? undefined : rows.row(menu.index);
  const tracks = useMemo(() => ({ "--tracks": tracksOf(columns, arrangement.widths) }) as React.CSSProperties, [columns, arrangement.widths]);

  useEffect(() => {
    if (follow.current === undefined) return;
    const element = grid.current?.querySelector<HTMLElement>(`[data-row="${follow.current}"]`);
    if (element === null || element === undefined) return;
    follow.current = undefined;
    element.focus({ preventScroll: true });
  });

  function move(to: number) {
    const next = Math.max(0, Math.min(rows.total - 1, to));
    follow.current = next;
    setActive(next);
    onReach(next);
    return next;
  }

  function onKeyDown(event: React.KeyboardEvent) {
    if (!(event.target as HTMLElement).hasAttribute("data-row") || event.altKey) return;
    const command = event.metaKey || event.ctrlKey;
    const action = past ? undefined : actionsOf(session).find((one) => keyOf[one] === event.key);
    const steps: Record<string, number> = { ArrowDown: 1, [keys.next]: 1, ArrowUp: -1, [keys.previous]: -1, PageDown: 16, PageUp: -16 };
    const step = steps[event.key];
    if (command && event.key === "a" && asked.now === undefined && !past) onSelect({ kind: "list", except: new Set() });
    else if (command) return;
    else if (step !== undefined) {
      const next = move(current + step);
      if (event.shiftKey) void extendTo(next, current);
    } else if (event.key === keys.first) move(0);
    else if (event.key === keys.last) move(rows.total - 1);
    else if (event.key === keys.open) open(current);
    else if (past) return;
    else if (event.key === keys.select || event.key === " ") choose(current, false);
    else if (event.key === keys.unselect) onSelect({ kind: "some", ids: new Set() });
    else if (event.key === keys.menu || (event.shiftKey && event.key === "F10") || event.key === "ContextMenu") showMenu(current, event.target as HTMLElement);
    else if (event.key === keys.provide && provides) provideTo(current);
    else if (event.key === keys.deliver && delivers) deliverTo(current);
    else if (action !== undefined) act(action, current);
    else return;
    event.preventDefault();
    event.stopPropagation(); // the page has the same keys for what is chosen
  }

  function open(index: number) {
    const row = rows.row(index);
    if (row !== undefined) navigate(hrefOf(row, asked.asOf));
  }

  function act(action: Action, index: number) {
    const row = rows.row(index);
    if (row !== undefined) onAct(action, row);
  }

  function deliverTo(index: number) {
    const row = rows.row(index);
    if (row !== undefined) deliver({ requests: isNothing(selection) ? [row.request_id] : deliveredTo(selection) });
  }

  function provideTo(index: number) {
    const row = rows.row(index);
    if (row !== undefined) provide({ to: isNothing(selection) ? { ids: [row.request_id] } : targetOf(selection, asked) });
  }

  function showMenu(index: number, beside: HTMLElement) {
    setActive(index);
    setMenu({ index, at: beside.getBoundingClientRect() });
  }

  // The keys of a row are wanted next, and a check box has others.
  function chooseByPointer(index: number, toRange: boolean) {
    choose(index, toRange);
    grid.current?.querySelector<HTMLElement>(`[data-row="${index}"]`)?.focus({ preventScroll: true });
  }

  // Rows are compared by what they show; what they call is the same for good.
  const calls = useStable<RowCalls>({
    onFocus: (event) => setActive(indexOf(event)),
    onMouseDown: (event) => event.shiftKey && event.preventDefault(), // else it selects text
    onClick: (event) => {
      // The title is a link of its own, also for opening it in another tab.
      if (event.defaultPrevented || (event.target as HTMLElement).closest("a, button, input")) return;
      if ((event.shiftKey || event.metaKey || event.ctrlKey) && !past) chooseByPointer(indexOf(event), event.shiftKey);
      else open(indexOf(event));
    },
    onCheck: (event) => chooseByPointer(indexOf(event), event.shiftKey),
    onLink: (event) => {
      if (event.shiftKey || event.metaKey || event.ctrlKey || event.altKey || event.button !== 0) return;
      event.preventDefault();
      navigate(event.currentTarget.getAttribute("href") ?? "");
    },
    onMenu: (event) => showMenu(indexOf(event), event.currentTarget),
  });
  const tips = useCellTips(columns, rows, visible);

  return (
    <div role="row" className={styles.outer}>
      <div role="cell" className={styles.outer}>
        <div
          ref={grid}
          role="grid"
          aria-label={props.label}
          aria-rowcount={rows.total + 1}
          aria-multiselectable
          aria-busy={choosing || undefined}
          onKeyDown={onKeyDown}
          onFocus={() => setFocused(true)}
          onBlur={(event) => !event.currentTarget.contains(event.relatedTarget) && setFocused(false)}
          {...tips}
          style={tracks}
        >
          <ListHead
            columns={columns}
            allColumns={props.allColumns}
            arrangement={arrangement}
            sort={asked.sort}
            stickAt={stickAt}
            selection={selection}
            listed={extent.list}
            matched={extent.matched}
            label={props.label}
            otherClock={asked.now !== undefined || past}
            onSort={props.onSort}
            onArrange={props.onArrange}
            onSelect={onSelect}
          />
          <div role="rowgroup" className={styles.rows} style={{ height: `calc(${rows.total} * var(--row))` }}>
            {ordered.map((index) => {
              const row = rows.row(index);
              return (
                <RequestRow key={slotOf(index)} index={index} row={row} columns={columns} tabbable={index === tabTo} selected={row !== undefined && isSelected(selection, row.request_id)} menuOpen={menu?.index === index} delivers={delivers} provides={provides && !delivers} asOf={asked.asOf} calls={calls} />
              );
            })}
            {rows.error !== null && (
              <div className={styles.error}>
                <ProblemNotice error={rows.error} title={t("list.failed")} onRetry={rows.retry} />
              </div>
            )}
          </div>
        </div>
        {menu !== undefined && menuRow !== undefined && (
          <Suspense fallback={null}>
            <RowMenu
              row={menuRow}
              at={menu.at}
              session={session}
              onAct={(action) => onAct(action, menuRow)}
              onClose={() => {
                setMenu(undefined);
                follow.current = menu.index;
              }}
            />
          </Suspense>
        )}
      </div>
    </div>
  );
}

/** Which row an event comes from. */
function indexOf(event: React.SyntheticEvent<HTMLElement>): number {
  return Number(event.currentTarget.closest<HTMLElement>("[data-row]")?.dataset.row);
}
