export const groupings = ["source_type", "language", "package", "none"] as const;
export type Grouping = (typeof groupings)[number];
export const orders = ["urgency", "due", "opened"] as const;
export type Order = (typeof orders)[number];
export const zooms = ["all", "quarter", "month"] as const;
export type Zoom = (typeof zooms)[number];

/** All that the page's URL holds beside whose timeline it is. */
export interface TimelineState {
  group: Grouping;
  order: Order;
  zoom: Zoom;
  table: boolean; // as a table instead of a picture
}

export function parseTimeline(query: string, initial: Grouping): TimelineState {
  const params = new URLSearchParams(query);
  const one = <T extends string>(name: string, of: readonly T[], otherwise: T): T => of.find((value) => value === params.get(name)) ?? otherwise;
  return { group: one("group", groupings, initial), order: one("order", orders, "urgency"), zoom: one("zoom", zooms, "all"), table: params.get("view") === "table" };
}

export function formatTimeline(state: TimelineState, initial: Grouping): string {
  const out = new URLSearchParams();
  if (state.group !== initial) out.set("group", state.group);
  if (state.order !== "urgency") out.set("order", state.order);
  if (state.zoom !== "all") out.set("zoom", state.zoom);
  if (state.table) out.set("view", "table");
  return out.toString();
}
