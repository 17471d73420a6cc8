import { Menu, Tooltip, UnstyledButton } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { IconArrowLeft, IconArrowRight, IconGripVertical, IconPlus, IconX } from "@tabler/icons-react";
import { lazy, memo, type ReactNode, Suspense, useState } from "react";
import { t } from "@/shared/i18n/t";
import { moved } from "@/shared/lib/move";
import type { Drag } from "@/shared/ui/SortableList";
import type { Catalogue } from "@/shared/api/catalogue";
import styles from "./GroupBy.module.css";
import { groupingLabel } from "@/shared/lib/labels";
import { keys } from "@/shared/lib/keys";

// Nothing is dragged before there are two.
const SortableList = lazy(async () => ({ default: (await import("@/shared/ui/SortableList")).SortableList }));

interface Props {
  catalogue: Catalogue | undefined;
  groups: string[];
  onChange: (groups: string[]) => void;
}

/** By what the buckets repeat: one or several groupings, in an order that dragging changes. */
export const GroupBy = memo(function GroupBy({ catalogue, groups, onChange }: Props) {
  const [adding, setAdding] = useState(false);
  useHotkeys([[keys.group, () => setAdding(true)]]);
  const left = (catalogue?.groupings ?? []).filter((g) => !groups.includes(g.name));
  const labelOf = (name: string) => groupingLabel(catalogue, name);
  const move = (from: number, to: number) => onChange(moved(groups, from, to));
  const pill = (name: string, drag?: Drag) => <Pill key={name} name={name} groups={groups} drag={drag} labelOf={labelOf} onMove={move} onRemove={() => onChange(groups.filter((g) => g !== name))} />;
  const plain: ReactNode = groups.map((name) => pill(name));
  return (
    <div className={styles.line} role="group" aria-label={t("group.by")}>
      <span className={styles.label}>{t("group.by")}</span>
      {groups.length < 2 ? (
        plain
      ) : (
        <Suspense fallback={plain}>
          <SortableList ids={groups} axis="x" labelOf={labelOf} onMove={move}>
            {pill}
          </SortableList>
        </Suspense>
      )}
      <Menu position="bottom-start" opened={adding} onChange={setAdding}>
        <Menu.Target>
          <Tooltip label={groups.length === 0 ? t("group.addFirst") : t("group.addMore")}>
            <UnstyledButton className={styles.add} aria-label={t("group.add")} disabled={left.length === 0}>
              {groups.length === 0 && <span>{t("group.nothing")}</span>}
              <IconPlus size={14} aria-hidden />
            </UnstyledButton>
          </Tooltip>
        </Menu.Target>
        <Menu.Dropdown className={styles.menu}>
          {left.map((g) => (
            <Menu.Item key={g.name} onClick={() => onChange([...groups, g.name])}>
              {labelOf(g.name)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </div>
  );
});

interface PillProps {
  name: string;
  groups: string[];
  drag: Drag | undefined;
  labelOf: (name: string) => string;
  onMove: (from: number, to: number) => void;
  onRemove: () => void;
}

function Pill({ name, groups, drag, labelOf, onMove, onRemove }: PillProps) {
  const i = groups.indexOf(name);
  const label = labelOf(name);
  const neighbour = (at: number) => (groups[at] === undefined ? t("group.others") : labelOf(groups[at]));
  return (
    <span ref={drag?.ref} style={drag?.style} className={styles.place} data-dragging={drag?.dragging || undefined}>
      {i > 0 && (
        <span className={styles.then} aria-hidden>
          ›
        </span>
      )}
      <span className={styles.pill} {...drag?.item}>
        {groups.length > 1 && (
          <Tooltip label={t("group.drag", { name: label })}>
            <button type="button" className={styles.grip} {...drag?.handle} aria-label={t("group.drag", { name: label })}>
              <IconGripVertical size={12} aria-hidden />
            </button>
          </Tooltip>
        )}
        <Menu position="bottom-start">
          <Menu.Target>
            <UnstyledButton className={styles.name}>{label}</UnstyledButton>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<IconArrowLeft size={16} />} disabled={i === 0} onClick={() => onMove(i, i - 1)}>
              {t("group.before", { name: neighbour(i - 1) })}
            </Menu.Item>
            <Menu.Item leftSection={<IconArrowRight size={16} />} disabled={i === groups.length - 1} onClick={() => onMove(i, i + 1)}>
              {t("group.behind", { name: neighbour(i + 1) })}
            </Menu.Item>
            <Menu.Item leftSection={<IconX size={16} />} onClick={onRemove}>
              {t("group.removeShort")}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
        <Tooltip label={t("group.remove", { name: label })}>
          <button type="button" className={styles.remove} aria-label={t("group.remove", { name: label })} onClick={onRemove}>
            <IconX size={12} aria-hidden />
          </button>
        </Tooltip>
      </span>
    </span>
  );
}
