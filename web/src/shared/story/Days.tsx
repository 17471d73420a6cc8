import type { ReactNode } from "react";
import { formatClock, formatDayOf, formatMoment } from "@/shared/lib/format";
import styles from "./Days.module.css";
import { byDay } from "./telling";

interface Props<E> {
  entries: E[];
  children: (entry: E) => ReactNode; // its list item
}

/** What happened, newest first, under the days on which it did. */
export function Days<E extends { at: string }>({ entries, children }: Props<E>) {
  return byDay(entries).map((day) => {
    const name = formatDayOf(day.entries[0]?.at ?? "");
    return (
      <section key={day.key} aria-label={name}>
        <h2 className={styles.day}>{name}</h2>
        <ol className={styles.list}>{day.entries.map(children)}</ol>
      </section>
    );
  });
}

/** When on its day it happened. */
export function TimeOfDay({ at }: { at: string }) {
  return (
    <time dateTime={at} title={formatMoment(at)} className={styles.time}>
      {formatClock(at)}
    </time>
  );
}
