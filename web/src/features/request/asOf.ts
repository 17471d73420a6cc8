import type { Comments } from "./api/getComments";
import type { Deliveries } from "@/shared/api/request/getDeliveries";
import type { Materials } from "@/shared/api/request/getMaterials";
import type { QualityControls } from "@/shared/api/request/getQualityControls";

// The history gives the request's fields as of an instant. What hangs on it
// carries its own times, and is cut here to what had happened by then.

type Instant = string | undefined; // RFC 3339; undefined is the present

function had(happened: string | null, at: Instant): boolean {
  return happened !== null && (at === undefined || Date.parse(happened) <= Date.parse(at));
}

export function commentsAsOf(comments: Comments["comments"], at: Instant): Comments["comments"] {
  return comments.filter((c) => had(c.at, at));
}

export function materialsAsOf(materials: Materials["materials"], at: Instant): Materials["materials"] {
  return materials.filter((m) => had(m.provided_at, at));
}

export function deliveriesAsOf(deliveries: Deliveries["deliveries"], at: Instant): Deliveries["deliveries"] {
  return deliveries
    .filter((d) => had(d.started_at, at))
    .map((d) => ({
      ...d,
      completed_at: had(d.completed_at, at) ? d.completed_at : null,
      inspected_at: had(d.inspected_at, at) ? d.inspected_at : null,
      files: d.files.map((f) => {
        if (!had(f.delivered_at, at)) return { ...f, status: "Declared", received: 0, delivered_at: null, processed_at: null };
        return had(d.inspected_at, at) ? f : { ...f, status: "Arrived", processed_at: null };
      }),
      findings: had(d.inspected_at, at) ? d.findings : [],
      examined: had(d.inspected_at, at) ? d.examined : [],
    }));
}

export function qualityControlsAsOf(results: QualityControls["quality_controls"], at: Instant): QualityControls["quality_controls"] {
  return results
    .filter((r) => had(r.recorded_at, at))
    .map((r) => ({
      ...r,
      issues: r.issues.map((i) => (had(i.answered_at, at) ? i : { ...i, answer: null, note: null, answered_at: null, answered_by: null })),
    }));
}
