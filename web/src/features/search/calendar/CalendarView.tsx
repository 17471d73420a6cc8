import { UnstyledButton } from "@mantine/core";
import { type KeyboardEvent, useRef, useState } from "react";
import type { Catalogue } from "@/shared/api/catalogue";
import { formatNumber } from "@/shared/lib/format";
import { bucketLabel } from "@/shared/lib/labels";
import { BucketMark } from "@/shared/ui/BucketMark";
import type { BucketCounts } from "../api/getBuckets";
import { t } from "../messages/t";
import styles from "./Calendar.module.css";
import { dayBy, nearestShown } from "./days";
import { Month } from "./Month";

interface Props {
  catalogue: Catalogue;
  counts: BucketCounts | undefined; // in groups by the day of the due date; undefined while they come
  bucket: string;
  today: string;
  onBucket: (bucket: string) => void;
  onDay: (day: string, bucket: string) => void;
}

// Asset states are of no use by day; what is late or will be is.
const offered = ["requests", "critical", "at_risk", "on_track", "overdue_undelivered"];

/** What is due when: each day of the search's months with its count of one bucket. */
export function CalendarView({ catalogue, counts, bucket, today, onBucket, onDay }: Props) {
  const months = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState<string>();
  const buckets = catalogue.buckets.filter((b) => offered.includes(b.key) || b.key === bucket);
  const byDay = new Map<string, number>();
  let undated = 0;
  for (const group of counts?.groups ?? []) {
    const n = bucket === "all" ? group.matched : (group.buckets[bucket as keyof typeof group.buckets] ?? 0);
    const day = group.key.due_day ?? null;
    if (day === null) undated = n;
    else if (n > 0) byDay.set(day, n);
  }
  const shown = [...new Set([...byDay.keys()].map((day) => day.slice(0, 7)))].sort();
  const most = Math.max(0, ...byDay.values());
  // One stop for the tabulator; the arrows go on from there.
  const stop = at !== undefined && shown.includes(at.slice(0, 7)) ? at : shown.includes(today.slice(0, 7)) ? today : shown[0] === undefined ? undefined : shown[0] + "-01";
  const found = catalogue.buckets.find((b) => b.key === bucket);
  const name = found === undefined ? t("calendar.all") : bucketLabel(found);

  function move(event: KeyboardEvent) {
    const from = (event.target as HTMLElement).dataset.day;
    const to = from === undefined || event.altKey || event.ctrlKey || event.metaKey ? undefined : dayBy(event.key, from);
    if (from === undefined || to === undefined) return;
    event.preventDefault();
    const day = nearestShown(to, from, shown);
    setAt(day);
    months.current?.querySelector<HTMLElement>(`[data-day="${day}"]`)?.focus();
  }

  return (
    <section aria-label={t("calendar.calendar")} className={styles.view}>
      <div className={styles.head}>
        <div role="group" aria-label={t("calendar.count")} className={styles.buckets}>
          {[...buckets.map((b) => ({ key: b.key as string, label: bucketLabel(b) })), { key: "all", label: t("calendar.all") }].map((b) => (
            <UnstyledButton key={b.key} className={styles.bucket} aria-pressed={b.key === bucket} onClick={() => onBucket(b.key)}>
              <BucketMark bucket={b.key} />
              {b.label}
            </UnstyledButton>
          ))}
        </div>
        <p className={styles.hint}>
          {t("calendar.hint")}
          {undated > 0 && ` ${t("calendar.undated", { n: formatNumber(undated) })}`}
        </p>
      </div>
      {counts?.groups === undefined ? (
        <div className={styles.months} aria-busy>
          {Array.from({ length: 6 }, (_, i) => (
            <div key={i} className={styles.bone} />
          ))}
        </div>
      ) : shown.length === 0 ? (
        <p className={styles.empty}>{t("calendar.none")}</p>
      ) : (
        <div ref={months} className={styles.months} onKeyDown={move}>
          {shown.map((month) => (
            <Month key={month} month={month} bucket={bucket} name={name} byDay={byDay} most={most} today={today} stop={stop} onFocus={setAt} onDay={(day) => onDay(day, bucket)} />
          ))}
        </div>
      )}
    </section>
  );
}
