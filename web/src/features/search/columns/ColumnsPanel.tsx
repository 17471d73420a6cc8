import { Button, Switch } from "@mantine/core";
import { IconGripVertical } from "@tabler/icons-react";
import { t } from "@/shared/i18n/t";
import { setCompact, useCompact } from "@/shared/lib/compact";
import { SortableList } from "@/shared/ui/SortableList";
import type { ListColumn } from "../columns";
import { type Arrangement, reordered, shown, toggled } from "./arrangement";
import styles from "./ColumnsPanel.module.css";

interface Props {
  columns: ListColumn[];
  arrangement: Arrangement;
  onArrange: (next: Arrangement | undefined) => void;
}

/** Which columns the list has, and in which order. */
export function ColumnsPanel({ columns, arrangement, onArrange }: Props) {
  const labelOf = (name: string) => columns.find((c) => c.name === name)?.label ?? name;
  const some = shown(arrangement);
  const compact = useCompact();
  return (
    <div className={styles.panel}>
      <div className={styles.head}>
        <h2 className={styles.title}>{t("columns.columns")}</h2>
        <Button size="compact-xs" variant="subtle" color="gray" onClick={() => onArrange(undefined)}>
          {t("columns.reset")}
        </Button>
      </div>
      <div className={styles.list}>
        <SortableList ids={arrangement.order} axis="y" labelOf={labelOf} onMove={(from, to) => onArrange(reordered(arrangement, from, to))}>
          {(name, drag) => (
            <div key={name} ref={drag.ref} style={drag.style} className={styles.item} data-dragging={drag.dragging || undefined} {...drag.item}>
              <button type="button" className={styles.grip} {...drag.handle} aria-label={t("columns.move", { name: labelOf(name) })} title={t("columns.moveTip")}>
                <IconGripVertical size={14} aria-hidden />
              </button>
              <label className={styles.label}>
                <input type="checkbox" className={styles.box} checked={some.includes(name)} disabled={some.length === 1 && some[0] === name} onChange={() => onArrange(toggled(arrangement, name))} />
                <span className={styles.name}>{labelOf(name)}</span>
              </label>
            </div>
          )}
        </SortableList>
      </div>
      <Switch className={styles.compact} size="xs" label={t("columns.compact")} checked={compact} onChange={(event) => setCompact(event.currentTarget.checked)} />
      <p className={styles.note}>{t("columns.kept")}</p>
    </div>
  );
}
