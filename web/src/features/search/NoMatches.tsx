import { Button } from "@mantine/core";
import { useQueries } from "@tanstack/react-query";
import { t } from "@/shared/i18n/t";
import { formatNumber } from "@/shared/lib/format";
import { bucketsQuery } from "./api/getBuckets";
import type { Catalogue } from "@/shared/api/catalogue";
import { modifierText } from "@/shared/lib/labels";
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
  const counts = useQueries({ queries: without.map((modifiers) => bucketsQuery({ modifiers, groups: [], groupsSort: "", groupsQ: "", now: state.now, asOf: state.asOf })) });
  return (
    <section className={styles.none} aria-label={t("none.title")}>
      <h2 className={styles.title}>{t("none.title")}</h2>
      {state.modifiers.length === 0 ? (
        <p className={styles.text}>{t("none.scope")}</p>
      ) : (
        <>
          <p className={styles.text}>{t("none.without")}</p>
          <ul className={styles.list}>
            {state.modifiers.map((m, i) => {
              const found = counts[i]?.data?.matched;
              const label = modifierText(catalogue, m);
              return (
                <li key={(m.exclude ? "-" : "") + m.name}>
                  <span className={styles.label}>{label}</span>
                  <span className={styles.count}>{found === undefined ? "…" : formatNumber(found)}</span>
                  <Button size="compact-sm" variant="default" onClick={() => onSearch(without[i] ?? [])} aria-label={t("none.dropThis", { what: label })}>
                    {t("none.drop")}
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
