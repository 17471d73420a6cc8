import type { Job } from "./api/getJobs";

export interface Look {
  at: number; // ms
  done: number;
  part: number; // of the whole, from 0 to 1
}

/** How far a job is: by requests, or by the bytes of its file. */
export function partOf(job: Job): number {
  const [done, total] = job.total !== null ? [job.done, job.total] : [job.read_bytes, job.total_bytes];
  return total === 0 ? 0 : Math.min(1, done / total);
}

/** Rows a second and the seconds that are left, from the first to the last look; undefined while it cannot be told. */
export function rateOf(first: Look | undefined, last: Look | undefined): { perSecond: number; secondsLeft: number } | undefined {
  if (first === undefined || last === undefined) return undefined;
  const [ms, done, part] = [last.at - first.at, last.done - first.done, last.part - first.part];
  if (ms < 200 || done <= 0 || part <= 0) return undefined;
  return { perSecond: Math.round((done * 1000) / ms), secondsLeft: Math.ceil(((1 - last.part) * ms) / part / 1000) };
}
