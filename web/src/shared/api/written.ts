// Reads that follow a command of this browser wait for it: they carry the
// command's position as `after`. Only for a while: after a rebuild of the read
// model an old position would make every read wait for nothing.
const holdsFor = 60_000; // ms

let latest: { position: string; at: number } | undefined;

/** Remembers what a command led to. */
export function noteWrite(position: string): void {
  latest = { position, at: Date.now() };
}

/** The `after` of a read, if there is something to wait for. */
export function afterLatestWrite(): string | undefined {
  return latest !== undefined && Date.now() - latest.at < holdsFor ? latest.position : undefined;
}
