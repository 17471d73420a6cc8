import { IconDots, IconFileDescription, IconPackageImport, IconUpload } from "@tabler/icons-react";
import { memo, useRef } from "react";
import { Link } from "wouter";
import { t } from "@/shared/i18n/t";
import { deliver } from "@/shared/lib/delivering";
import { downloadMaterials } from "@/shared/lib/download";
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
  calls: {
    setActive: (index: number) => void;
    open: (index: number) => void;
    choose: (index: number, range: boolean) => void;
    showMenu: (index: number, beside: HTMLElement) => void;
  };
}

export function hrefOf(row: Row): string {
  return "/requests/" + encodeURIComponent(row.request_id);
}

/** A request in the list. Plain tags: rows pass by as fast as somebody scrolls. */
export const RequestRow = memo(function RequestRow({ index, row, columns, tabbable, selected, menuOpen, delivers, calls }: Props) {
  const title = row?.title ?? row?.request_id ?? "";
  const tab = tabbable ? 0 : -1;
  // The icons stay, hidden, while another row is on its way: making them anew costs more than all of the text.
  const before = useRef(row);
  before.current = row ?? before.current;
  const iconsOf = before.current;
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selected}
      data-row={index}
      data-menu={menuOpen || undefined}
      data-loading={row === undefined || undefined}
      tabIndex={tab}
      className={styles.row}
      style={{ top: `calc(${index} * var(--row))` }}
      onFocus={() => calls.setActive(index)}
      onMouseDown={(event) => event.shiftKey && event.preventDefault()} // else it selects text
      onClick={(event) => {
        // The title is a link of its own, also for opening it in another tab.
        if (event.defaultPrevented || (event.target as HTMLElement).closest("a, button, input")) return;
        if (event.shiftKey || event.metaKey || event.ctrlKey) calls.choose(index, event.shiftKey);
        else calls.open(index);
      }}
    >
      <span role="gridcell" className={styles.check}>
        <input
          type="checkbox"
          className={styles.box}
          tabIndex={tab}
          disabled={row === undefined}
          checked={selected}
          aria-label={t("list.select", { title: row === undefined ? String(index + 1) : `${title}, ${row.request_id}` })}
          title={t("list.selectTip")}
          onChange={() => {}} // by the click, which knows of Shift
          onClick={(event) => calls.choose(index, event.shiftKey)}
        />
      </span>
      {columns.map((c, i) => (
        <span key={c.name} role="gridcell" className={i === 0 ? styles.pinned : styles.cell} title={row === undefined ? undefined : c.text(row)} data-column={c.name}>
          {row === undefined ? (
            <span className={styles.bone} style={{ width: `${45 + ((i * 13) % 40)}%` }} />
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
      <span role="presentation" />
      <span role="gridcell" className={styles.icons}>
        {iconsOf !== undefined && (
          <>
            <Link href={hrefOf(iconsOf)} tabIndex={tab} className={styles.icon} aria-label={t("list.details")} data-tip={t("list.details")}>
              <IconFileDescription size={16} aria-hidden />
            </Link>
            <button type="button" tabIndex={tab} className={styles.icon} aria-label={t("materials.download")} data-tip={t("materials.download")} onClick={() => void downloadMaterials(iconsOf.request_id)}>
              <IconPackageImport size={16} aria-hidden />
            </button>
            {delivers && (
              <button type="button" tabIndex={tab} className={styles.icon} aria-label={t("deliver.deliver")} data-tip={t("deliver.tip")} onClick={() => deliver({ requests: [iconsOf.request_id] })}>
                <IconUpload size={16} aria-hidden />
              </button>
            )}
            <button
              type="button"
              tabIndex={tab}
              className={styles.icon}
              aria-label={t("list.more")}
              aria-haspopup="menu"
              aria-expanded={menuOpen}
              data-tip={t("list.more")}
              onClick={(event) => calls.showMenu(index, event.currentTarget)}
            >
              <IconDots size={16} aria-hidden />
            </button>
          </>
        )}
      </span>
    </div>
  );
});
