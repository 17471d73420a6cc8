import type { Lane, Mark } from "./api/getTimeline";
import type { Grouping, Order } from "./timelineState";

export const insights = ["critical", "at_risk", "on_track"] as const;
export type Insight = (typeof insights)[number];

/** Where an open request stands; undefined for one that is not open. */
export function insightOf(lane: Lane): Insight | undefined {
  return insights.find((one) => lane.buckets.includes(one));
}

const closed = ["Delivered", "Processed", "Upgraded", "Cancelled"];

/** What needs somebody first; what is done or over last. */
function urgency(lane: Lane): number {
  const insight = insightOf(lane);
  return insight === undefined ? insights.length + Math.max(0, closed.indexOf(lane.status)) : insights.indexOf(insight);
}

const by = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

function compare(order: Order): (a: Lane, b: Lane) => number {
  const ties = (a: Lane, b: Lane) => by(a.due_date, b.due_date) || by(a.source_type, b.source_type) || by(a.language, b.language) || by(a.request_id, b.request_id);
  if (order === "due") return ties;
  if (order === "opened") return (a, b) => Date.parse(a.opened_at) - Date.parse(b.opened_at) || ties(a, b);
  return (a, b) => urgency(a) - urgency(b) || ties(a, b);
}

export interface Group {
  key: string; // "" without groups
  lanes: Lane[];
}

/** The lanes in groups, each in order; the groups by what they have to be seen first, then by name. */
export function grouped(lanes: Lane[], grouping: Grouping, order: Order, name: (key: string) => string): Group[] {
  const groups = new Map<string, Lane[]>();
  for (const lane of lanes.toSorted(compare(order))) {
    const key = grouping === "none" ? "" : grouping === "package" ? lane.package_id : lane[grouping];
    groups.set(key, [...(groups.get(key) ?? []), lane]);
  }
  return [...groups].map(([key, of]) => ({ key, lanes: of })).sort((a, b) => name(a.key).localeCompare(name(b.key)));
}

/** What stands on a lane: something that happened, or a date to come. */
export type Point = { at: number; what: "mark"; mark: Mark } | { at: number; what: "due" | "estimate" };

/** The points of a lane, oldest first. The estimate shows where it is another day than the due date. */
export function pointsOf(lane: Lane): Point[] {
  const points: Point[] = lane.marks.map((mark) => ({ at: Date.parse(mark.at), what: "mark", mark }));
  points.push({ at: Date.parse(lane.due_date_passes_at), what: "due" });
  if (lane.estimated_delivery_date !== lane.due_date) points.push({ at: Date.parse(lane.estimated_delivery_date_passes_at), what: "estimate" });
  return points.sort((a, b) => a.at - b.at);
}

/** Points that would cover each other, as one: the place is that of the last one. */
export interface Cluster {
  at: number;
  points: Point[];
}

/** Puts together what is nearer than least to its neighbour, in ms. Dates to come stand alone. */
export function clustered(points: Point[], least: number): Cluster[] {
  const clusters: Cluster[] = [];
  for (const point of points) {
    const last = clusters.findLast((one) => one.points[0]?.what === "mark");
    if (point.what === "mark" && last !== undefined && point.at - (last.points[0]?.at ?? 0) < least) {
      last.points.push(point);
      last.at = point.at;
    } else clusters.push({ at: point.at, points: [point] });
  }
  return clusters.sort((a, b) => a.at - b.at);
}

/** The kinds of marks, the one that is shown for several first. */
const weight = ["redelivery_requested", "cancelled", "upgraded", "delivery_completed", "quality_control_recorded", "reinstated", "delivery_inspected", "estimated_delivery_date_changed", "fields_edited", "material_status_changed", "materials_provided"];

/** The mark that stands for a cluster: the weightiest, of several the last. */
export function foremost(marks: Mark[]): Mark | undefined {
  const rank = (m: Mark) => (m.passed === false ? -1 : (weight.indexOf(m.kind) + 1 || weight.length + 1));
  return marks.toReversed().reduce<Mark | undefined>((best, m) => (best === undefined || rank(m) < rank(best) ? m : best), undefined);
}
