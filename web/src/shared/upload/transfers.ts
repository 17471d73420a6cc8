import { percent, type Sample, sampled, secondsLeft, speedOf } from "./meter";

/** A file that can be sent: the server knows it, and how far it has come. */
export interface Sendable {
  id: string;
  name: string;
  size: number;
  received: number; // bytes
  upload: {
    endpoint: string;
    url: string;
    metadata: Record<string, string>;
    created?: boolean; // there is an upload, and no other one may take its place
  };
}

export type Phase =
  | "waiting" // for its turn
  | "sending"
  | "paused"
  | "failed" // until somebody tries again
  | "sent"; // all of it; what came of it is not told here

/** A file on its way. */
export interface Transfer<F extends Sendable = Sendable> {
  file: F;
  phase: Phase;
  sent: number; // bytes that the server has, as far as is known
  samples: readonly Sample[];
  problem: string | undefined; // why it failed
}

/** Sends a file, from where the server says it is; stop ends that and throws nothing away. */
export type Send = (file: Sendable, content: File, on: { progress: (sent: number) => void; done: () => void; failed: (problem: string) => void }) => { stop: () => void };

const atOnce = 3; // files; more would only make each of them slower
const toldEvery = 250; // ms

/** The files that this page sends: a few at a time, in their order, whatever page is shown. */
export class Transfers<F extends Sendable> {
  #all: readonly Transfer<F>[] = [];
  readonly #contents = new Map<string, File>();
  readonly #running = new Map<string, { stop: () => void; told: number }>();
  readonly #listeners = new Set<() => void>();
  readonly #send: Send;
  readonly #now: () => number;

  constructor(send: Send, now: () => number = () => performance.now()) {
    this.#send = send;
    this.#now = now;
  }

  readonly all = (): readonly Transfer<F>[] => this.#all;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  add(files: readonly { file: F; content: File }[]): void {
    const ids = new Set(files.map(({ file }) => file.id));
    for (const id of ids) this.#halt(id);
    for (const { file, content } of files) this.#contents.set(file.id, content);
    const added = files.map(({ file }): Transfer<F> => ({ file, phase: "waiting", sent: file.received, samples: [], problem: undefined }));
    this.#set([...this.#all.filter((t) => !ids.has(t.file.id)), ...added]);
    this.#next();
  }

  pause(...ids: string[]): void {
    for (const id of ids) {
      const phase = this.#get(id)?.phase;
      if (phase !== "waiting" && phase !== "sending") continue;
      this.#halt(id);
      this.#change(id, { phase: "paused", samples: [] });
    }
    this.#next();
  }

  /** Goes on with what was paused or has failed. */
  resume(...ids: string[]): void {
    for (const id of ids) {
      const phase = this.#get(id)?.phase;
      if (phase === "paused" || phase === "failed") this.#change(id, { phase: "waiting", samples: [], problem: undefined });
    }
    this.#next();
  }

  /** Knows nothing of them any more. */
  drop(...ids: string[]): void {
    for (const id of ids) {
      this.#halt(id);
      this.#contents.delete(id);
    }
    this.#set(this.#all.filter((t) => !ids.includes(t.file.id)));
    this.#next();
  }

  #get(id: string): Transfer<F> | undefined {
    return this.#all.find((t) => t.file.id === id);
  }

  #set(all: readonly Transfer<F>[]): void {
    this.#all = all;
    for (const listener of this.#listeners) listener();
  }

  #change(id: string, change: Partial<Transfer<F>>): void {
    this.#set(this.#all.map((t) => (t.file.id === id ? { ...t, ...change } : t)));
  }

  #halt(id: string): void {
    this.#running.get(id)?.stop();
    this.#running.delete(id);
  }

  #next(): void {
    for (const { file, phase } of this.#all) {
      if (this.#running.size >= atOnce) return;
      const content = this.#contents.get(file.id);
      if (phase === "waiting" && content !== undefined) this.#begin(file, content);
    }
  }

  #begin(file: F, content: File): void {
    const run = { stop: () => {}, told: -Infinity };
    // What a stopped one still says is of no interest.
    const current = () => this.#running.get(file.id) === run;
    this.#running.set(file.id, run);
    this.#change(file.id, { phase: "sending" });
    const end = (change: Partial<Transfer<F>>) => {
      if (!current()) return;
      this.#running.delete(file.id);
      this.#change(file.id, { ...change, samples: [] });
      this.#next();
    };
    run.stop = this.#send({ ...file, received: Math.max(file.received, this.#get(file.id)?.sent ?? 0) }, content, {
      progress: (sent) => {
        const at = this.#now();
        if (!current() || at - run.told < toldEvery) return;
        run.told = at;
        this.#change(file.id, { sent, samples: sampled(this.#get(file.id)?.samples ?? [], { at, bytes: sent }) });
      },
      done: () => {
        this.#contents.delete(file.id);
        end({ phase: "sent", sent: file.size });
      },
      failed: (problem) => end({ phase: "failed", problem }),
    }).stop;
  }
}

/** Where all of them are together. */
export interface Progress {
  files: number;
  done: number; // files
  sent: number; // bytes
  size: number; // bytes
  percent: number;
  speed: number | undefined; // bytes a second
  secondsLeft: number | undefined;
  moving: boolean; // whether anything is being sent, or waits for its turn
}

export function progressOf(transfers: readonly Transfer[]): Progress {
  const [sent, size] = [transfers.reduce((sum, t) => sum + t.sent, 0), transfers.reduce((sum, t) => sum + t.file.size, 0)];
  const speeds = transfers.flatMap((t) => (t.phase === "sending" ? (speedOf(t.samples) ?? []) : []));
  const speed = speeds.length === 0 ? undefined : speeds.reduce((sum, one) => sum + one, 0);
  // What is paused or has failed does not come by itself.
  const rest = transfers.reduce((sum, t) => sum + (t.phase === "sending" || t.phase === "waiting" ? t.file.size - t.sent : 0), 0);
  const done = transfers.filter((t) => t.phase === "sent").length;
  return {
    files: transfers.length,
    done,
    sent,
    size,
    percent: size === 0 ? (done === transfers.length ? 100 : 0) : percent(sent, size),
    speed,
    secondsLeft: secondsLeft(rest, speed),
    moving: transfers.some((t) => t.phase === "sending" || t.phase === "waiting"),
  };
}
