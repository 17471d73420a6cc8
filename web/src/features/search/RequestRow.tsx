import { IconDots, IconFileDescription, IconFileUpload, IconPackageImport, IconUpload } from "@tabler/icons-react";
import { memo, useState } from "react";
import { t, withPlaces } from "@/shared/i18n/t";
import { deliver } from "@/shared/lib/delivering";
import { downloadMaterials } from "@/shared/lib/download";
import { provide } from "@/shared/lib/providing";
import type { Row } from "./api/getRequests";
import type { ListColumn } from "./columns";
import styles from "./RequestList.module.css";

interface Props {
  index: number;
  row: Row | undefined;
  columns: ListColumn[];
  tabbable: boolean;
  selected: boolean;
  menuOpen: boolean;
  delivers: boolean; // whether the account does
  provides: boolean; // likewise materials, where it does not deliver
  asOf: string | undefined; // the row is of the past: nothing can be done to it
  calls: RowCalls;
}

/** What rows call: the same for all of them and for good, by the row that their element shows. */
export type RowCalls = {
  onFocus: (event: React.FocusEvent<HTMLElement>) => void;
  onMouseDown: (event: React.MouseEvent) => void;
  onClick: (event: React.MouseEvent<HTMLElement>) => void;
  onCheck: (event: React.MouseEvent<HTMLElement>) => void;
  onLink: (event: React.MouseEvent<HTMLAnchorElement>) => void;
  onMenu: (event: React.MouseEvent<HTMLElement>) => void;
};

/** Where a request is shown: as of the same moment as the list. */
export function hrefOf(row: Row, asOf?: string): string {
  return "/requests/" + encodeURIComponent(row.request_id) + (asOf === undefined ? "" : "?at=" + encodeURIComponent(asOf));
}

const selectTitle = withPlaces("list.select", "title");
const selectTip = t("list.selectTip");
const unchanged = () => {}; // a check box changes by the click, which knows of Shift

/**
 * A request in the list. Rows pass by as fast as somebody scrolls: plain tags,
 * no message that is put together anew, nothing that only the pointer or the
 * focus brings out.
 */
export const RequestRow = memo(function RequestRow({ index, row, columns, tabbable, selected, menuOpen, delivers, provides, asOf, calls }: Props) {
  const tab = tabbable ? 0 : -1;
  const [pointed, setPointed] = useState(false);
  const [focused, setFocused] = useState(false);
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selected}
      data-row={index}
      data-menu={menuOpen || undefined}
      tabIndex={tab}
      className={styles.row}
      style={{ top: `calc(${index} * var(--row))` }}
      onFocus={(event) => {
        setFocused(true);
        calls.onFocus(event);
      }}
      onBlur={(event) => setFocused(event.currentTarget.contains(event.relatedTarget))}
      onPointerEnter={() => setPointed(true)}
      onPointerLeave={() => setPointed(false)}
      onMouseDown={calls.onMouseDown}
      onClick={calls.onClick}
    >
      <span role="gridcell" className={styles.check}>
        <input
          type="checkbox"
          className={styles.box}
          tabIndex={tab}
          disabled={row === undefined || asOf !== undefined}
          checked={selected}
          aria-label={selectTitle(row === undefined ? String(index + 1) : `${row.title ?? row.request_id}, ${row.request_id}`)}
          title={selectTip}
          onChange={unchanged}
          onClick={calls.onCheck}
        />
      </span>
      {columns.map((c, i) => (
        <span key={c.name} role="gridcell" className={i === 0 ? styles.pinned : styles.cell} data-column={c.name}>
          {row === undefined ? (
            <span className={styles.bone} style={bones[i % bones.length]} />
          ) : c.name === "title" ? (
            <a href={hrefOf(row, asOf)} tabIndex={-1} className={styles.title} onClick={calls.onLink}>
              {c.cell?.(row) ?? c.text(row)}
            </a>
          ) : c.cell !== undefined ? (
            c.cell(row)
          ) : (
            c.text(row)
          )}
        </span>
      ))}
      {row !== undefined && (pointed || focused || menuOpen) && <Icons row={row} tab={tab} menuOpen={menuOpen} delivers={delivers} provides={provides} asOf={asOf} calls={calls} />}
    </div>
  );
});

const bones = Array.from({ length: 20 }, (_, i) => ({ width: `${45 + ((i * 13) % 40)}%` }));

function Icons({ row, tab, menuOpen, delivers, provides, asOf, calls }: Pick<Props, "menuOpen" | "delivers" | "provides" | "asOf" | "calls"> & { row: Row; tab: number }) {
  return (
    <span role="gridcell" className={styles.icons}>
      <a href={hrefOf(row, asOf)} tabIndex={tab} className={styles.icon} aria-label={t("list.details")} data-tip={t("list.details")} onClick={calls.onLink}>
        <IconFileDescription size={16} aria-hidden />
      </a>
      {asOf === undefined && (
        <>
          <button type="button" tabIndex={tab} className={styles.icon} aria-label={t("materials.download")} data-tip={t("materials.download")} onClick={() => void downloadMaterials(row.request_id)}>
            <IconPackageImport size={16} aria-hidden />
          </button>
          {delivers && (
            <button type="button" tabIndex={tab} className={styles.icon} aria-label={t("deliver.deliver")} data-tip={t("deliver.tip")} onClick={() => deliver({ requests: [row.request_id] })}>
              <IconUpload size={16} aria-hidden />
            </button>
          )}
          {provides && (
            <button type="button" tabIndex={tab} className={styles.icon} aria-label={t("provide.provide")} data-tip={t("provide.tip")} onClick={() => provide({ to: { ids: [row.request_id] } })}>
              <IconFileUpload size={16} aria-hidden />
            </button>
          )}
          <button type="button" tabIndex={tab} className={styles.icon} aria-label={t("list.more")} aria-haspopup="menu" aria-expanded={menuOpen} data-tip={t("list.more")} onClick={calls.onMenu}>
            <IconDots size={16} aria-hidden />
          </button>
        </>
      )}
    </span>
  );
}
