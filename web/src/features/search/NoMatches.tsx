import { Button } from "@mantine/core";
import { useQueries } from "@tanstack/react-query";
import { formatNumber } from "@/shared/lib/format";
import { bucketsQuery } from "./api/getBuckets";
import type { Catalogue } from "./api/getCatalogue";
import { modifierLabel, valueLabel } from "./labels";
import styles from "./NoMatches.module.css";
import type { Modifier, SearchState } from "./searchState";

interface Props {
  state: SearchState;
  catalogue: Catalogue | undefined;
  onSearch: (modifiers: Modifier[]) => void;
}

/** Which modifier to drop, with what that would give back. */
export function NoMatches({ state, catalogue, onSearch }: Props) {
  const without = state.modifiers.map((dropped) => state.modifiers.filter((m) => m !== dropped));
  const counts = useQueries({ queries: without.map((modifiers) => bucketsQuery({ modifiers, groups: [], groupsSort: "", now: state.now })) });
  return (
    <section className={styles.none} aria-label="Nothing matches">
      <h2 className={styles.title}>Nothing matches</h2>
      {state.modifiers.length === 0 ? (
        <p className={styles.text}>There is nothing in your scope yet.</p>
      ) : (
        <>
          <p className={styles.text}>No request has all of these at once. Without one of them:</p>
          <ul className={styles.list}>
            {state.modifiers.map((m, i) => {
              const found = counts[i]?.data?.matched;
              const label = `${modifierLabel(catalogue, m.name)}${m.exclude ? " is not" : ""}: ${m.values.map((v) => valueLabel(m.name, v)).join(" or ")}`;
              return (
                <li key={(m.exclude ? "-" : "") + m.name}>
                  <span className={styles.label}>{label}</span>
                  <span className={styles.count}>{found === undefined ? "…" : formatNumber(found)}</span>
                  <Button size="compact-sm" variant="default" onClick={() => onSearch(without[i] ?? [])} aria-label={`Drop ${label}`}>
                    Drop
                  </Button>
                </li>
              );
            })}
          </ul>
        </>
      )}
    </section>
  );
}
