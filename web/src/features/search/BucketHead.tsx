import { Tooltip, UnstyledButton } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconFilter, IconX } from "@tabler/icons-react";
import { lazy, memo, Suspense, useEffect, useState } from "react";
import { t } from "@/shared/i18n/t";
import { formatNumber } from "@/shared/lib/format";
import { BucketMark } from "@/shared/ui/BucketMark";
import type { Catalogue, CatalogueBucket } from "@/shared/api/catalogue";
import styles from "./BucketTable.module.css";
import { bucketLabel, bucketRule } from "@/shared/lib/labels";
import type { Schemas } from "@/shared/api/client";
import type { Modifier } from "./searchState";

const SinceYesterday = lazy(async () => ({ default: (await import("./past/SinceYesterday")).SinceYesterday }));

interface Props {
  buckets: CatalogueBucket[];
  thresholds: Catalogue["thresholds"];
  grouped: boolean;
  groupsSort: string;
  groupsQ: string;
  groupsTotal: number | undefined;
  modifiers: Modifier[];
  asOf: string | undefined;
  counts: Schemas["Counts"] | undefined; // of everything
  onGroupsSort: (bucket: string) => void;
  onGroupsQ: (text: string) => void;
}

export const BucketHead = memo(function BucketHead({ buckets, thresholds, grouped, groupsSort, groupsQ, groupsTotal, modifiers, asOf, counts, onGroupsSort, onGroupsQ }: Props) {
  return (
    <div role="rowgroup" className={styles.head}>
      <div role="presentation" className={styles.families} aria-hidden>
        <span className={styles.insights}>{t("bucket.insights")}</span>
        <span className={styles.states}>{t("bucket.states")}</span>
      </div>
      <div role="row" className={styles.labels}>
        <span role="columnheader" className={styles.corner}>
          {grouped ? <GroupSearch text={groupsQ} total={groupsTotal} onChange={onGroupsQ} /> : <span className="sr-only">{t("group.group")}</span>}
        </span>
        {buckets.map((b) => {
          const order = groupsSort === "-" + b.key ? "descending" : groupsSort === b.key ? "ascending" : undefined;
          const rule = bucketRule(b, thresholds);
          const text = (
            <>
              <BucketMark bucket={b.key} /> {bucketLabel(b)}
              {order === "descending" && <IconArrowDown size={12} aria-hidden />}
              {order === "ascending" && <IconArrowUp size={12} aria-hidden />}
            </>
          );
          return (
            <span key={b.key} role="columnheader" aria-sort={order} className={styles.label} data-key={b.key}>
              <Tooltip
                position="bottom-end"
                label={
                  <>
                    {rule}
                    {counts !== undefined && (
                      <span className={styles.tipMore}>
                        <Suspense fallback="…">
                          <SinceYesterday modifiers={modifiers} bucket={b.key} count={counts[b.key]} asOf={asOf} />
                        </Suspense>
                      </span>
                    )}
                    {grouped && <span className={styles.tipMore}>{t("bucket.sortBy")}</span>}
                  </>
                }
              >
                {grouped ? (
                  <UnstyledButton className={styles.labelText} onClick={() => onGroupsSort(b.key)}>
                    {text}
                  </UnstyledButton>
                ) : (
                  <span className={styles.labelText} tabIndex={0}>
                    {text}
                  </span>
                )}
              </Tooltip>
            </span>
          );
        })}
        <span role="columnheader">
          <span className="sr-only">{t("bucket.allMatched")}</span>
        </span>
      </div>
    </div>
  );
});

const pause = 200; // ms after the last letter

/** Finds groups by their names; the server looks through all of them. */
function GroupSearch({ text, total, onChange }: { text: string; total: number | undefined; onChange: (text: string) => void }) {
  const [typed, setTyped] = useState(text);
  const [before, setBefore] = useState(text);
  if (before !== text) {
    // By the back button, or a template.
    setBefore(text);
    if (text !== typed.trim()) setTyped(text);
  }
  useEffect(() => {
    if (typed.trim() === text) return;
    const timer = setTimeout(() => onChange(typed.trim()), pause);
    return () => clearTimeout(timer);
  }, [typed, text, onChange]);
  return (
    <span className={styles.find}>
      <IconFilter size={14} aria-hidden />
      <input
        type="text"
        className={styles.findInput}
        aria-label={t("group.find")}
        placeholder={total === undefined ? t("group.find") : t("group.findAmong", { count: total, n: formatNumber(total) })}
        value={typed}
        maxLength={200}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => setTyped(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape" && typed !== "") setTyped("");
          else if (event.key === "Enter") onChange(typed.trim());
        }}
      />
      {typed !== "" && (
        <Tooltip label={t("group.findClear")}>
          <button type="button" className={styles.findClear} aria-label={t("group.findClear")} onClick={() => setTyped("")}>
            <IconX size={12} aria-hidden />
          </button>
        </Tooltip>
      )}
    </span>
  );
}
