import { Menu, Tooltip, UnstyledButton } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { IconArrowLeft, IconArrowRight, IconPlus, IconX } from "@tabler/icons-react";
import { Fragment, useState } from "react";
import type { Catalogue } from "./api/getCatalogue";
import styles from "./GroupBy.module.css";
import { groupingLabel } from "./labels";

interface Props {
  catalogue: Catalogue | undefined;
  groups: string[];
  onChange: (groups: string[]) => void;
}

/** By what the buckets repeat: one or several groupings, in order. */
export function GroupBy({ catalogue, groups, onChange }: Props) {
  const [adding, setAdding] = useState(false);
  useHotkeys([["g", () => setAdding(true)]]);
  const left = (catalogue?.groupings ?? []).filter((g) => !groups.includes(g.name));
  return (
    <div className={styles.line} role="group" aria-label="Group by">
      <span className={styles.label}>Group by</span>
      {groups.map((name, i) => (
        <Fragment key={name}>
          {i > 0 && (
            <span className={styles.then} aria-hidden>
              ›
            </span>
          )}
          <span className={styles.pill}>
            <Menu position="bottom-start">
              <Menu.Target>
                <UnstyledButton className={styles.name}>{groupingLabel(catalogue, name)}</UnstyledButton>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item leftSection={<IconArrowLeft size={16} />} disabled={i === 0} onClick={() => onChange(swap(groups, i - 1))}>
                  Move before {i > 0 ? groupingLabel(catalogue, groups[i - 1] ?? "") : "the others"}
                </Menu.Item>
                <Menu.Item leftSection={<IconArrowRight size={16} />} disabled={i === groups.length - 1} onClick={() => onChange(swap(groups, i))}>
                  Move behind {i < groups.length - 1 ? groupingLabel(catalogue, groups[i + 1] ?? "") : "the others"}
                </Menu.Item>
                <Menu.Item leftSection={<IconX size={16} />} onClick={() => onChange(groups.filter((g) => g !== name))}>
                  Remove
                </Menu.Item>
              </Menu.Dropdown>
            </Menu>
            <button type="button" className={styles.remove} aria-label={`Do not group by ${groupingLabel(catalogue, name)}`} onClick={() => onChange(groups.filter((g) => g !== name))}>
              <IconX size={12} aria-hidden />
            </button>
          </span>
        </Fragment>
      ))}
      <Menu position="bottom-start" opened={adding} onChange={setAdding}>
        <Menu.Target>
          <Tooltip label={groups.length === 0 ? "Repeat the buckets for each language, source type … (G)" : "Add a grouping (G)"}>
            <UnstyledButton className={styles.add} aria-label="Add a grouping" disabled={left.length === 0}>
              {groups.length === 0 && <span>nothing</span>}
              <IconPlus size={14} aria-hidden />
            </UnstyledButton>
          </Tooltip>
        </Menu.Target>
        <Menu.Dropdown className={styles.menu}>
          {left.map((g) => (
            <Menu.Item key={g.name} onClick={() => onChange([...groups, g.name])}>
              {g.label}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}

/** The groupings with those at i and i + 1 exchanged. */
function swap(groups: string[], i: number): string[] {
  const out = [...groups];
  const [a, b] = [out[i], out[i + 1]];
  if (a === undefined || b === undefined) return groups;
  out[i] = b;
  out[i + 1] = a;
  return out;
}
