import { Link } from "wouter";
import type { TrendPoint } from "@/shared/api/trends";
import { formatDate, formatNumber } from "@/shared/lib/format";
import { bucketColor, BucketMark } from "@/shared/ui/BucketMark";
import { linePath, placesOf } from "@/shared/ui/linePath";
import { t } from "./messages/t";
import styles from "./Trends.module.css";

// The chart's own measures; it is as wide as its place.
const width = 600;
const height = 120;

interface Props {
  bucket: string;
  label: string;
  points: TrendPoint[];
  count: (point: TrendPoint) => number;
  hrefOf: (point: TrendPoint) => string;
}

/** One number day by day. The table below has the same in words and for the keyboard. */
export function TrendChart({ bucket, label, points, count, hrefOf }: Props) {
  const values = points.map(count);
  const first = points[0];
  const last = points[points.length - 1];
  if (first === undefined || last === undefined) return null;
  const most = Math.max(...values);
  const top = roundUp(most);
  const line = linePath(values, width, height, top);
  const places = placesOf(values, width, height, top);
  const more = count(last) - count(first);
  const step = width / Math.max(points.length - 1, 1);
  return (
    <section className={styles.card} aria-label={label}>
      <h2 className={styles.name}>
        <BucketMark bucket={bucket} /> {label}
      </h2>
      <p className={styles.number} style={{ color: bucketColor(bucket) }}>
        {formatNumber(count(last))}
      </p>
      <p className={styles.change}>{t(more === 0 ? "same" : more > 0 ? "more" : "fewer", { n: formatNumber(Math.abs(more)), day: formatDate(first.day) })}</p>
      <div className={styles.plot} aria-hidden style={{ color: bucketColor(bucket) }}>
        <span className={styles.top}>{formatNumber(top)}</span>
        <svg className={styles.chart} viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" focusable="false">
          <path className={styles.grid} d={`M0 0H${width}M0 ${height / 2}H${width}M0 ${height}H${width}`} />
          <path className={styles.area} d={`${line}V${height}H0Z`} />
          <path className={styles.line} d={line} />
        </svg>
        {points.map((point, i) => (
          <Link key={point.day} href={hrefOf(point)} tabIndex={-1} className={styles.day} title={t("day", { day: formatDate(point.day), n: formatNumber(count(point)) })} style={{ left: `${(((places[i]?.x ?? 0) - step / 2) * 100) / width}%`, width: `${(step * 100) / width}%` }}>
            <span className={styles.dot} style={{ top: `${((places[i]?.y ?? 0) * 100) / height}%` }} />
          </Link>
        ))}
      </div>
      <p className={styles.axis} aria-hidden>
        <span>{formatDate(first.day)}</span>
        <span>{formatDate(last.day)}</span>
      </p>
    </section>
  );
}

/** The next number that a scale may end with: 1, 2 or 5 and noughts. */
export function roundUp(n: number): number {
  if (n <= 1) return 1;
  const power = 10 ** Math.floor(Math.log10(n));
  return ([1, 2, 5, 10].find((m) => m * power >= n) ?? 10) * power;
}
