import { useElementSize } from "@mantine/hooks";
import { type FocusEvent, type KeyboardEvent, type PointerEvent, useMemo, useRef, useState } from "react";
import { language } from "@/shared/i18n/language";
import { formatDate, formatMonth, formatNumber } from "@/shared/lib/format";
import { BucketMark } from "@/shared/ui/BucketMark";
import type { Lane } from "./api/getTimeline";
import { clustered, type Group, insightOf, insights, pointsOf } from "./lanes";
import { LaneRow } from "./LaneRow";
import { Legend } from "./Legend";
import { t } from "./messages/t";
import { placeOn, scaleOf, ticksOf } from "./scale";
import styles from "./Timeline.module.css";
import type { Grouping, Zoom } from "./timelineState";
import { Tip, type Told } from "./Tip";
import { type Stop, stopBy } from "./walk";

interface Props {
  groups: Group[];
  grouping: Grouping;
  zoom: Zoom;
  now: string;
  today: string;
  nameOf: (key: string) => string;
}

const apart = 18; // pixels between marks that are drawn one by one
const tickWidth = { en: 76, ja: 100 }[language]; // pixels

/** Lanes over time: a row for each request, and a line for today. */
export function Picture({ groups, grouping, zoom, now: at, today, nameOf }: Props) {
  const { ref: axis, width } = useElementSize();
  const body = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState<Stop>({ lane: 0, stop: 0 });
  const [told, setTold] = useState<Told>();
  const now = Date.parse(at);
  const lanes = useMemo(() => groups.flatMap((group) => group.lanes), [groups]);
  const scale = useMemo(() => scaleOf(lanes, now, zoom), [lanes, now, zoom]);
  const clusters = useMemo(() => {
    const least = ((scale.to - scale.from) * apart) / Math.max(width, 320);
    return lanes.map((lane) =>
      clustered(
        pointsOf(lane).filter((p) => p.at >= scale.from && p.at <= scale.to),
        least,
      ),
    );
  }, [lanes, scale, width]);
  const ticks = useMemo(() => ticksOf(scale, Math.max(3, Math.floor(width / tickWidth))), [scale, width]);
  const stop: Stop = lanes[active.lane] === undefined ? { lane: 0, stop: 0 } : { lane: active.lane, stop: Math.min(active.stop, clusters[active.lane]?.length ?? 0) };

  function walk(event: KeyboardEvent) {
    if (event.key === "Escape") setTold(undefined);
    const from = stopAt(event.target);
    if (from === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    const to = stopBy(
      event.key,
      from,
      clusters.map((of) => [-1, ...of.map((c) => c.at)]),
    );
    if (to === undefined) return;
    event.preventDefault();
    setActive(to);
    const next = body.current?.querySelector<HTMLElement>(`[data-lane="${to.lane}"][data-stop="${to.stop}"]`);
    next?.focus({ preventScroll: true });
    next?.scrollIntoView({ block: "nearest" });
  }

  function show(event: PointerEvent | FocusEvent) {
    const found = (event.target as HTMLElement).closest<HTMLElement>("[data-lane]");
    const index = Number(found?.dataset.lane);
    const lane = found === null ? undefined : lanes[index];
    const cluster = clusters[index]?.[Number(found?.dataset.stop) - 1];
    const span = found?.dataset.span === undefined ? undefined : Number(found.dataset.span);
    if (found === null || lane === undefined || (cluster === undefined && span === undefined)) return setTold(undefined);
    setTold({ beside: found.getBoundingClientRect(), lane, today, ...(cluster === undefined ? { span: span ?? 0 } : { points: cluster.points }) });
  }

  // Its label would lie below that of today, or be cut off at the end.
  const hasRoom = (tick: number) => {
    const pixels = (from: number, to: number) => ((to - from) / (scale.to - scale.from)) * width;
    const distance = pixels(now, tick);
    return (distance <= -tickWidth || distance >= 28) && pixels(tick, scale.to) >= tickWidth;
  };

  let first = 0;
  return (
    <div
      ref={body}
      role="group"
      aria-label={t("picture")}
      className={styles.picture}
      onKeyDown={walk}
      onFocus={(event) => {
        const to = stopAt(event.target);
        if (to !== undefined) setActive(to);
        if (event.target.matches(":focus-visible")) show(event);
      }}
      onBlur={() => setTold(undefined)}
      onPointerOver={show}
      onPointerLeave={() => setTold(undefined)}
      onScroll={() => setTold(undefined)}
    >
      <Legend />
      <div className={styles.axis}>
        <span className={styles.corner}>{t("count", { count: lanes.length, n: formatNumber(lanes.length) })}</span>
        <div ref={axis} className={styles.ticks} aria-hidden>
          {ticks.filter((tick) => hasRoom(tick.at)).map((tick) => (
            <span key={tick.at} className={styles.tick} style={{ left: `${placeOn(scale, tick.at)}%` }}>
              {labelOf(tick.at, tick.month, ticks.every((other) => other.month))}
            </span>
          ))}
          <span className={styles.todayLabel} style={{ left: `${placeOn(scale, now)}%` }}>
            {t("today")}
          </span>
        </div>
      </div>
      <div className={styles.body}>
        <div className={styles.lines} aria-hidden>
          {ticks.map((tick) => (
            <span key={tick.at} className={styles.line} data-month={tick.month || undefined} style={{ left: `${placeOn(scale, tick.at)}%` }} />
          ))}
          <span className={styles.todayLine} style={{ left: `${placeOn(scale, now)}%` }} />
        </div>
        {groups.map((group) => {
          const start = first;
          first += group.lanes.length;
          return (
            <section key={group.key} aria-label={nameOf(group.key)} className={styles.group}>
              {group.key !== "" && <GroupHead name={nameOf(group.key)} lanes={group.lanes} />}
              <ul className={styles.lanes}>
                {group.lanes.map((lane, i) => (
                  <LaneRow key={lane.request_id} index={start + i} lane={lane} clusters={clusters[start + i] ?? []} scale={scale} now={now} today={today} grouping={grouping} stop={stop.lane === start + i ? stop.stop : undefined} />
                ))}
              </ul>
            </section>
          );
        })}
      </div>
      {told !== undefined && <Tip told={told} />}
    </div>
  );
}

function stopAt(target: EventTarget): Stop | undefined {
  const { lane, stop } = (target as HTMLElement).dataset;
  return lane === undefined || stop === undefined ? undefined : { lane: Number(lane), stop: Number(stop) };
}

function labelOf(at: number, month: boolean, monthsOnly: boolean): string {
  const day = new Date(at).toISOString().slice(0, 10);
  return month && monthsOnly ? formatMonth(day.slice(0, 7)) : formatDate(day);
}

function GroupHead({ name, lanes }: { name: string; lanes: Lane[] }) {
  return (
    <h2 className={styles.groupHead}>
      <span>{name}</span>
      <span className={styles.groupCount}>{formatNumber(lanes.length)}</span>
      {insights.map((insight) => {
        const n = lanes.filter((lane) => insightOf(lane) === insight).length;
        return (
          n > 0 && (
            <span key={insight} className={styles.standing} data-insight={insight}>
              <BucketMark bucket={insight} />
              {t(`insight.${insight}`)} {formatNumber(n)}
            </span>
          )
        );
      })}
    </h2>
  );
}
