import { describe, expect, test } from "vitest";
import type { Lane, Mark } from "./api/getTimeline";
import { clustered, foremost, grouped, pointsOf } from "./lanes";

const lane = (request_id: string, more: Partial<Lane> = {}): Lane => ({
  request_id,
  package_id: "P1",
  movie_id: "M1",
  title: "The Long Harbour",
  source_type: "Dubs",
  language: "Dutch",
  fulfillment_partner: null,
  status: "Open",
  material_status: "Received",
  due_date: "2026-12-01",
  due_date_passes_at: "2026-12-02T00:00:00Z",
  estimated_delivery_date: "2026-12-01",
  estimated_delivery_date_passes_at: "2026-12-02T00:00:00Z",
  opened_at: "2026-11-01T00:00:00Z",
  buckets: ["requests", "on_track"],
  why: [],
  spans: [],
  marks: [],
  ...more,
});
const mark = (at: string, kind: string, passed: boolean | null = null): Mark => ({ at, kind, summary: "", changes: [], status: "Open", passed });
const ids = (groups: { lanes: Lane[] }[]) => groups.map((group) => group.lanes.map((one) => one.request_id));
const same = (key: string) => key;

describe("the order of lanes", () => {
  const lanes = [
    lane("cancelled", { status: "Cancelled", buckets: [] }),
    lane("track"),
    lane("risk", { buckets: ["requests", "at_risk"] }),
    lane("later", { buckets: ["requests", "critical"], due_date: "2026-12-09" }),
    lane("sooner", { buckets: ["requests", "critical"], due_date: "2026-11-09" }),
    lane("delivered", { status: "Delivered", buckets: [] }),
  ];
  test("what needs somebody comes first, and of that what is due first", () => {
    expect(ids(grouped(lanes, "none", "urgency", same))).toEqual([["sooner", "later", "risk", "track", "delivered", "cancelled"]]);
  });
  test("by the due date alone, or by opening", () => {
    expect(ids(grouped(lanes, "none", "due", same))[0]?.[0]).toBe("sooner");
    expect(ids(grouped([lane("b"), lane("a", { opened_at: "2026-10-01T00:00:00Z" })], "none", "opened", same))).toEqual([["a", "b"]]);
  });
  test("groups are in the order of their names", () => {
    const groups = grouped([lane("a", { source_type: "Subs" }), lane("b"), lane("c", { source_type: "Artwork" })], "source_type", "urgency", same);
    expect(groups.map((group) => group.key)).toEqual(["Artwork", "Dubs", "Subs"]);
  });
});

describe("what stands on a lane", () => {
  test("the estimate shows only where it is another day", () => {
    expect(pointsOf(lane("a")).map((p) => p.what)).toEqual(["due"]);
    expect(pointsOf(lane("a", { estimated_delivery_date: "2026-12-03", estimated_delivery_date_passes_at: "2026-12-04T00:00:00Z" })).map((p) => p.what)).toEqual(["due", "estimate"]);
  });
  test("marks that would cover each other are one, dates never are", () => {
    const points = pointsOf(lane("a", { marks: [mark("2026-12-01T10:00:00Z", "opened"), mark("2026-12-01T11:00:00Z", "commented"), mark("2026-12-01T23:00:00Z", "cancelled")] }));
    const clusters = clustered(points, 2 * 3_600_000);
    expect(clusters.map((c) => c.points.length)).toEqual([2, 1, 1]);
    expect(new Date(clusters[0]?.at ?? 0).toISOString()).toBe("2026-12-01T11:00:00.000Z");
  });
  test("a failure stands for whatever it is shown with", () => {
    expect(foremost([mark("1", "delivery_completed"), mark("2", "quality_control_recorded", false), mark("3", "redelivery_requested")])?.kind).toBe("quality_control_recorded");
    expect(foremost([mark("1", "opened"), mark("2", "delivery_completed")])?.kind).toBe("delivery_completed");
    expect(foremost([])).toBeUndefined();
  });
});
