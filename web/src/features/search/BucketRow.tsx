import { IconChevronDown, IconChevronUp } from "@tabler/icons-react";
import { memo } from "react";
import { t } from "@/shared/i18n/t";
import { formatNumber } from "@/shared/lib/format";
import { bucketColor } from "@/shared/ui/BucketMark";
import type { BucketCounts } from "./api/getBuckets";
import type { CatalogueBucket } from "@/shared/api/catalogue";
import styles from "./BucketTable.module.css";
import { bucketLabel } from "@/shared/lib/labels";
import type { Opened } from "./searchState";

/** A row of numbers: everything, or one group. */
export interface Entry {
  group: Record<string, string>;
  parts: { name: string; text: string; none: boolean }[];
  matched: number | undefined; // undefined while it is not known
  buckets: BucketCounts["buckets"] | undefined;
}

interface Props {
  entry: Entry;
  index: number;
  buckets: CatalogueBucket[];
  open: string | undefined;
  onOpen: (opened: Opened | undefined) => void;
}

// Plain buttons: thousands of rows pass by, and components cost more than their tags.
export const BucketRow = memo(function BucketRow({ entry, index, buckets, open, onOpen }: Props) {
  const name = entry.parts.map((p) => p.text).join(" › ");
  const toggle = (bucket: string) => onOpen(open === bucket ? undefined : { bucket, group: entry.group });
  const matched = entry.matched ?? 0;
  const arrow = t(open === "all" ? "bucket.closeAll" : "bucket.openAll", { count: matched, n: formatNumber(matched) });
  return (
    <div role="row" aria-rowindex={index + 2} className={styles.row} data-all={index === 0 || undefined} data-open={open !== undefined || undefined}>
      <span role="rowheader" className={styles.name} title={name}>
        {entry.parts.length === 0 && <span className={styles.bone} style={{ width: 160 }} />}
        {entry.parts.map((p, i) => (
          <span key={p.name} data-none={p.none || undefined} className={styles.part}>
            {i > 0 && <span className={styles.then}> › </span>}
            {p.text}
          </span>
        ))}
      </span>
      {buckets.map((b) => {
        const n = entry.buckets?.[b.key];
        return (
          <span key={b.key} role="cell" className={styles.cell} data-key={b.key}>
            {n === undefined ? (
              <span className={styles.bone} style={{ width: 48 }} />
            ) : n === 0 ? (
              <span className={styles.zero}>0</span>
            ) : (
              <button
                type="button"
                className={styles.number}
                style={{ color: bucketColor(b.key) }}
                data-entry={index}
                data-bucket={b.key}
                aria-expanded={open === b.key}
                aria-label={`${formatNumber(n)} ${bucketLabel(b)}, ${name}`}
                onClick={() => toggle(b.key)}
              >
                {formatNumber(n)}
              </button>
            )}
          </span>
        );
      })}
      <span role="cell" className={styles.arrow}>
        {matched > 0 && (
          <button
            type="button"
            className={styles.chevron}
            title={arrow}
            data-entry={index}
            data-bucket="all"
            aria-expanded={open === "all"}
            aria-label={t("bucket.matchedIn", { n: formatNumber(matched), name })}
            onClick={() => toggle("all")}
          >
            {open === "all" ? <IconChevronUp size={16} aria-hidden /> : <IconChevronDown size={16} aria-hidden />}
          </button>
        )}
      </span>
    </div>
  );
});
