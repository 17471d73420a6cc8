// How quickly bytes go: over the last seconds, for a whole upload's average
// says little of a line that others use too.
const window = 8_000; // ms
const least = 500; // ms that say anything

export interface Sample {
  at: number; // ms
  bytes: number; // that had gone by then
}

/** With one more look at how far it is; what is too old goes, but for the last one before. */
export function sampled(samples: readonly Sample[], now: Sample): Sample[] {
  const last = samples.at(-1);
  // Fewer than before: it began somewhere else again.
  if (last !== undefined && now.bytes < last.bytes) return [now];
  const first = samples.findLastIndex((s) => s.at <= now.at - window);
  return [...samples.slice(Math.max(0, first)), now];
}

/** Bytes a second; undefined while it cannot be told. */
export function speedOf(samples: readonly Sample[]): number | undefined {
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined || last.at - first.at < least) return undefined;
  return ((last.bytes - first.bytes) * 1000) / (last.at - first.at);
}

/** Seconds until the rest has gone; undefined while it cannot be told. */
export function secondsLeft(rest: number, speed: number | undefined): number | undefined {
  return speed === undefined || speed <= 0 ? undefined : Math.ceil(rest / speed);
}

/** The part that has gone, from 0 to 100; an empty file has gone when it is there. */
export function percent(sent: number, size: number): number {
  return size === 0 ? 0 : Math.min(100, Math.floor((100 * sent) / size));
}
