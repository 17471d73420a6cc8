import type { Lane } from "./api/getTimeline";
import type { Zoom } from "./timelineState";

const day = 86_400_000; // ms

/** The time that a picture shows, in ms. */
export interface Scale {
  from: number;
  to: number;
}

const around: Record<Exclude<Zoom, "all">, number> = { quarter: 45 * day, month: 15 * day };

/** All that happened and is to come, with a little room; or the time around now. */
export function scaleOf(lanes: Lane[], now: number, zoom: Zoom): Scale {
  if (zoom !== "all") return { from: now - around[zoom], to: now + around[zoom] };
  const times = lanes.flatMap((lane) => [Date.parse(lane.opened_at), Date.parse(lane.due_date_passes_at), Date.parse(lane.estimated_delivery_date_passes_at), ...lane.marks.map((m) => Date.parse(m.at))]);
  const from = Math.min(now, ...times);
  const to = Math.max(now, ...times);
  const room = Math.max(day, (to - from) * 0.03);
  return { from: from - room, to: to + room };
}

/** Where a time lies, in per cent of the width. */
export function placeOn({ from, to }: Scale, at: number): number {
  return (100 * (at - from)) / (to - from);
}

export interface Tick {
  at: number;
  month: boolean; // the first day of one
}

const steps = [1, 2, 7, 14]; // days

/** Midnights of UTC to draw lines at, at most so many: days, weeks, or months. */
export function ticksOf({ from, to }: Scale, most: number): Tick[] {
  const step = steps.find((days) => (to - from) / (days * day) <= most);
  if (step !== undefined) {
    const monday = 4 * day; // the first one of Unix time
    const first = Math.ceil((from - monday) / (step * day)) * step * day + monday;
    return Array.from({ length: Math.max(0, Math.floor((to - first) / (step * day)) + 1) }, (_, i) => first + i * step * day).map((at) => ({ at, month: new Date(at).getUTCDate() === 1 }));
  }
  const ticks: Tick[] = [];
  const start = new Date(from);
  const months = (to - from) / (30.44 * day);
  const by = [1, 3, 12].find((n) => months / n <= most) ?? 12;
  for (let month = by === 12 ? 0 : start.getUTCMonth(); ; month++) {
    const at = Date.UTC(start.getUTCFullYear(), month, 1);
    if (at > to) return ticks;
    if (at >= from && month % by === 0) ticks.push({ at, month: true });
  }
}
