import type { Schemas } from "../api/client";

/** The counts of a search, whole, as they are now. */
export interface CountsEvent {
  name: "counts";
  data: Schemas["BucketCounts"];
}

/** What has changed in a list. */
export interface RowsEvent {
  name: "rows";
  data: Schemas["LiveRows"];
}

/** Something has happened to a request. */
export interface RequestEvent {
  name: "request";
  data: Schemas["LiveRequest"];
}

export type LiveEvent = CountsEvent | RowsEvent | RequestEvent;

/** How the stream stands: off while nothing is watched. */
export type LiveState = "off" | "connecting" | "live" | "reconnecting" | "offline";

/** Why the server ended a stream for good. */
export type EndReason = "signed_out" | "rights_changed";

/** Whether an answer at one position holds all that one at another does: positions are whole numbers of any length. */
export function reaches(position: string, other: string): boolean {
  return position.length === other.length ? position >= other : position.length > other.length;
}

/** Counts with the groups that have other numbers put in their places. */
export function withChanged(counts: Schemas["BucketCounts"], { groups: changed, ...rest }: Schemas["LiveCountsChanged"]): Schemas["BucketCounts"] {
  const groups = [...(counts.groups ?? [])];
  for (const { at, ...group } of changed) groups[at] = group;
  return { ...rest, groups };
}
