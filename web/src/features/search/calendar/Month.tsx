import { locale } from "@/shared/i18n/language";
import { formatFullDate, formatMonth, formatNumber } from "@/shared/lib/format";
import { bucketColor } from "@/shared/ui/BucketMark";
import { t } from "../messages/t";
import styles from "./Calendar.module.css";
import { daysAfter, strength, weeksOf } from "./days";

interface Props {
  month: string;
  bucket: string;
  name: string; // the bucket's
  byDay: ReadonlyMap<string, number>;
  most: number; // of all months: days are compared with it
  today: string;
  stop: string | undefined; // the day that the tabulator stops at
  onFocus: (day: string) => void;
  onDay: (day: string) => void;
}

const short = new Intl.DateTimeFormat(locale, { weekday: "narrow", timeZone: "UTC" });
const long = new Intl.DateTimeFormat(locale, { weekday: "long", timeZone: "UTC" });
const weekdays = Array.from({ length: 7 }, (_, i) => new Date(daysAfter("2024-01-01", i) + "T00:00:00Z")); // a Monday first

export function Month({ month, bucket, name, byDay, most, today, stop, onFocus, onDay }: Props) {
  const weeks = weeksOf(month);
  const sum = weeks.flat().reduce((n, day) => n + (day === undefined ? 0 : (byDay.get(day) ?? 0)), 0);
  const color = bucketColor(bucket) ?? "var(--accent)";
  return (
    <table className={styles.month}>
      <caption className={styles.caption}>
        <strong>{formatMonth(month)}</strong>
        <span aria-label={t("calendar.inMonth", { n: formatNumber(sum), month: formatMonth(month) })} role="img">
          {formatNumber(sum)}
        </span>
      </caption>
      <thead>
        <tr>
          {weekdays.map((day) => (
            <th key={day.getTime()} scope="col" abbr={long.format(day)}>
              {short.format(day)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {weeks.map((week) => (
          <tr key={week.find(Boolean)}>
            {week.map((day, i) => {
              if (day === undefined) return <td key={i} />;
              const n = byDay.get(day) ?? 0;
              return (
                <td key={day}>
                  <button
                    type="button"
                    className={styles.day}
                    data-day={day}
                    data-today={day === today || undefined}
                    tabIndex={day === stop ? 0 : -1}
                    aria-disabled={n === 0 || undefined}
                    aria-label={t(day === today ? "calendar.today" : "calendar.day", { day: formatFullDate(day), n: formatNumber(n), bucket: name })}
                    style={n === 0 ? undefined : { background: `color-mix(in srgb, ${color} ${Math.round(8 + 36 * strength(n, most))}%, var(--ground))` }}
                    onFocus={() => onFocus(day)}
                    onClick={() => n > 0 && onDay(day)}
                  >
                    <span className={styles.number}>{Number(day.slice(8))}</span>
                    {n > 0 && <span className={styles.count}>{formatNumber(n)}</span>}
                  </button>
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
