import { memo } from "react";
import { Link } from "wouter";
import { BucketMark } from "@/shared/ui/BucketMark";
import type { Lane, Span } from "./api/getTimeline";
import { type Cluster, foremost, insightOf } from "./lanes";
import { placeOn, type Scale } from "./scale";
import { Sign } from "./Sign";
import styles from "./Timeline.module.css";
import { laneName, pointWords, standingOf } from "./words";

interface Props {
  index: number;
  lane: Lane;
  clusters: Cluster[];
  scale: Scale;
  now: number;
  today: string;
  grouping: string;
  stop: number | undefined; // the stop of this lane that the tabulator stops at
}

/** How a span is drawn. */
function lookOf({ insight, status }: Span): string {
  return insight ?? (status === "Delivered" ? "delivered" : status === "Cancelled" ? "cancelled" : "done");
}

/** A request: its name, how it stood, and what happened to it. */
export const LaneRow = memo(function LaneRow({ index, lane, clusters, scale, now, today, grouping, stop }: Props) {
  const base = "/requests/" + encodeURIComponent(lane.request_id);
  const insight = insightOf(lane);
  const estimate = Date.parse(lane.estimated_delivery_date_passes_at);
  const within = (at: number) => Math.min(100, Math.max(0, placeOn(scale, at)));
  return (
    <li className={styles.lane}>
      <Link href={base} className={styles.name} data-lane={index} data-stop={0} tabIndex={stop === 0 ? 0 : -1} aria-label={`${laneName(lane, "none")}, ${standingOf(lane)}`}>
        <span className={styles.what} title={laneName(lane, "none")}>{laneName(lane, grouping)}</span>
        <span className={styles.standing} data-insight={insight}>
          {insight !== undefined && <BucketMark bucket={insight} />}
          {standingOf(lane)}
        </span>
      </Link>
      <div className={styles.track}>
        {lane.spans.map((span, i) => {
          const from = within(Date.parse(span.from));
          const to = within(Date.parse(span.to));
          return to > from && <span key={span.from} className={styles.span} data-lane={index} data-span={i} data-look={lookOf(span)} data-overdue={span.overdue || undefined} style={{ left: `${from}%`, width: `${to - from}%` }} />;
        })}
        {insight !== undefined && within(estimate) > within(now) && <span className={styles.span} data-look="planned" style={{ left: `${within(now)}%`, width: `${within(estimate) - within(now)}%` }} />}
        {clusters.map(({ at, points }, i) => {
          const marks = points.flatMap((p) => (p.what === "mark" ? [p.mark] : []));
          const shown = foremost(marks);
          const what = points[0]?.what;
          return (
            <Link
              key={`${what} ${at}`}
              href={shown === undefined ? base : `${base}/history?at=${marks.at(-1)?.at ?? ""}`}
              className={styles.point}
              data-what={what}
              data-late={(what === "due" && lane.buckets.includes("overdue_undelivered")) || undefined}
              data-lane={index}
              data-stop={i + 1}
              tabIndex={stop === i + 1 ? 0 : -1}
              style={{ left: `${placeOn(scale, at)}%` }}
              aria-label={points.map((p) => pointWords(p, lane, today)).join("; ")}
            >
              {shown === undefined ? <span className={what === "due" ? styles.due : styles.estimate} aria-hidden /> : <Sign kind={shown.kind} passed={shown.passed} several={marks.length} />}
            </Link>
          );
        })}
      </div>
    </li>
  );
});
