import { useSyncExternalStore } from "react";
import type { Action } from "./actions";
import type { Job } from "./api/startBulk";

/** What takes a job back: another one, over what it changed. */
export interface Undo {
  action: Action;
  /** What to send to take back the change of all but those that were refused; undefined where none was changed. */
  orderFor: (refused: ReadonlySet<string>) => Record<string, unknown> | undefined;
}

/** A job that was begun on this page and is still shown. */
export interface TrackedJob {
  job: Job;
  action: Action;
  undo: Undo | undefined;
}

// Beyond any one page: somebody who goes to a request and back still sees it.
let tracked: readonly TrackedJob[] = [];
const listeners = new Set<() => void>();

function set(next: readonly TrackedJob[]): void {
  tracked = next;
  for (const listener of listeners) listener();
}

export function track(started: TrackedJob): void {
  set([...tracked, started]);
}

/** A job as it is now. */
export function note(job: Job): void {
  set(tracked.map((one) => (one.job.id === job.id ? { ...one, job } : one)));
}

export function dismiss(id: string): void {
  set(tracked.filter((one) => one.job.id !== id));
}

export function useTrackedJobs(): readonly TrackedJob[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => tracked,
  );
}
