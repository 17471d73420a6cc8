import type { Schemas } from "@/shared/api/client";

type BucketKey = Schemas["BucketKey"];

// Each meaning has a shape beside its colour.
const shapes: Partial<Record<BucketKey, { color: string; path: string }>> = {
  critical: { color: "var(--critical)", path: "M5 .6 9.8 9.4H.2z" },
  at_risk: { color: "var(--at-risk)", path: "M5 .2 9.8 5 5 9.8.2 5z" },
  on_track: { color: "var(--on-track)", path: "M5 .5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9z" },
  overdue_undelivered: { color: "var(--overdue)", path: "M.8.8h8.4v8.4H.8z" },
};

/** The colour that a bucket's numbers have, if it means something. */
export function bucketColor(key: string): string | undefined {
  return shapes[key as BucketKey]?.color;
}

/** The bucket's shape; beside a word, never alone. */
export function BucketMark({ bucket }: { bucket: string }) {
  const shape = shapes[bucket as BucketKey];
  if (shape === undefined) return null;
  return (
    <svg width="8" height="8" viewBox="0 0 10 10" aria-hidden focusable="false" style={{ flex: "none" }}>
      <path d={shape.path} fill={shape.color} />
    </svg>
  );
}
