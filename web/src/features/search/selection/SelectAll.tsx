import { useEffect, useRef } from "react";
import { t } from "@/shared/i18n/t";
import styles from "../RequestList.module.css";
import { countOf, type Extent, nothing, type Selection } from "./selection";

interface Props {
  selection: Selection;
  extent: Extent;
  label: string;
  otherClock: boolean;
  onSelect: (selection: Selection) => void;
}

/**
 * Chooses everything in the list, also what was never in view. Not by another
 * clock than the server's: a bulk change chooses by what is so now.
 */
export function SelectAll({ selection, extent, label, otherClock, onSelect }: Props) {
  const box = useRef<HTMLInputElement>(null);
  const count = countOf(selection, extent);
  const all = selection.kind === "some" ? extent.list > 0 && count >= extent.list : selection.except.size === 0;
  useEffect(() => {
    if (box.current !== null) box.current.indeterminate = count > 0 && !all;
  });
  return (
    <input
      ref={box}
      type="checkbox"
      className={styles.box}
      aria-label={t("select.allOf", { label })}
      title={t(otherClock ? "select.otherClock" : "select.allTip")}
      disabled={otherClock}
      checked={all}
      onChange={() => onSelect(all ? nothing : { kind: "list", except: new Set() })}
    />
  );
}
