import { IconChevronDown, IconChevronUp } from "@tabler/icons-react";
import { memo } from "react";
import { t, withPlaces } from "@/shared/i18n/t";
import { formatNumber } from "@/shared/lib/format";
import { bucketColor } from "@/shared/ui/BucketMark";
import type { CatalogueBucket } from "@/shared/api/catalogue";
import styles from "./BucketTable.module.css";
import type { Entry } from "./entries";
import { bucketLabel } from "@/shared/lib/labels";
import type { Opened } from "./searchState";
import { Spark } from "./Spark";
import type { BucketKey } from "@/shared/api/trends";

interface Props {
  entry: Entry;
  index: number;
  buckets: CatalogueBucket[];
  sparks: Record<BucketKey, number[]> | undefined; // of the row of everything
  open: string | undefined;
  onReach: (opened: Opened) => void;
  onOpen: (opened: Opened | undefined) => void;
}

const matchedIn = withPlaces("bucket.matchedIn", "n", "name");

// Plain buttons: thousands of rows pass by, and components cost more than their tags.
export const BucketRow = memo(function BucketRow({ entry, index, buckets, sparks, open, onReach, onOpen }: Props) {
  const name = entry.parts.map((p) => p.text).join(" › ");
  const toggle = (bucket: string) => onOpen(open === bucket ? undefined : { bucket, group: entry.group });
  const reach = (bucket: string) => open !== bucket && onReach({ bucket, group: entry.group });
  const matched = entry.matched ?? 0;
  // Put together for whoever points at it, not for each of thousands that pass by.
  const tip = (event: React.PointerEvent<HTMLElement>) => (event.currentTarget.title = t(open === "all" ? "bucket.closeAll" : "bucket.openAll", { count: matched, n: formatNumber(matched) }));
  const untip = (event: React.SyntheticEvent<HTMLElement>) => event.currentTarget.removeAttribute("title");
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
                onPointerDown={() => reach(b.key)}
                onClick={() => toggle(b.key)}
              >
                {formatNumber(n)}
              </button>
            )}
            {sparks !== undefined && <Spark bucket={b.key} values={sparks[b.key]} />}
          </span>
        );
      })}
      <span role="cell" className={styles.arrow}>
        {matched > 0 && (
          <button
            type="button"
            className={styles.chevron}
            data-entry={index}
            data-bucket="all"
            aria-expanded={open === "all"}
            aria-label={matchedIn(formatNumber(matched), name)}
            onPointerDown={() => reach("all")}
            onPointerEnter={tip}
            onPointerLeave={untip}
            onClick={(event) => {
              untip(event); // it does the other thing now
              toggle("all");
            }}
          >
            {open === "all" ? <IconChevronUp size={16} aria-hidden /> : <IconChevronDown size={16} aria-hidden />}
          </button>
        )}
      </span>
    </div>
  );
});
