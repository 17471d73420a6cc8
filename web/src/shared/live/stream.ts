import type { Schemas } from "../api/client";
import { type EndReason, type LiveEvent, type LiveState, withChanged } from "./events";

/** What a stream needs of EventSource. */
export interface Source {
  addEventListener: (name: string, listener: (event: { data?: unknown; lastEventId?: string }) => void) => void;
  close: () => void;
}

export interface StreamOptions {
  connect: (url: string) => Source;
  online: () => boolean;
  onEvent: (watch: string, event: LiveEvent) => void;
  onState: (state: LiveState) => void;
  /** The server has ended it for a reason that trying again does not mend. */
  onEnd: (reason: EndReason) => void;
  random?: () => number;
}

// Milliseconds.
const settleGrown = 100; // a new search is wanted at once, but with all that comes with it
const settleShrunk = 3_000; // what nobody wants any more may stay a little
const firstPause = 1_000;
const longestPause = 30_000;

/**
 * The one stream of this browser. It watches what it is told to, goes on where
 * it was after an interruption, and waits longer each time that fails.
 */
export class Stream {
  #options: StreamOptions;
  #wanted: readonly string[] = [];
  #open: readonly string[] = []; // what the present connection watches
  #source: Source | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #last = "0"; // the id of the last event; the server begins anew with one that it does not know
  #counts = new Map<string, Schemas["BucketCounts"]>();
  #state: LiveState = "off";

  constructor(options: StreamOptions) {
    this.#options = options;
  }

  get state(): LiveState {
    return this.#state;
  }

  /** Watches these and nothing else. */
  watch(wanted: readonly string[]): void {
    this.#wanted = [...new Set(wanted)].sort();
    if (this.#source === undefined && this.#failures > 0) return; // it is about to try again
    const grown = this.#wanted.some((w) => !this.#open.includes(w));
    if (!grown && this.#wanted.length === this.#open.length) {
      clearTimeout(this.#timer);
      return;
    }
    if (this.#wanted.length === 0) this.close();
    else this.#schedule(grown ? settleGrown : settleShrunk);
  }

  /** What is known of something watched, for whoever comes to watch it too. */
  known(watch: string): Schemas["BucketCounts"] | undefined {
    return this.#counts.get(watch);
  }

  /** Whether the present connection watches it already. */
  has(watch: string): boolean {
    return this.#source !== undefined && this.#open.includes(watch);
  }

  /** The network has come or gone. */
  networkChanged(): void {
    if (this.#wanted.length === 0) return;
    this.#drop();
    if (!this.#options.online()) {
      this.#become("offline");
      return;
    }
    this.#failures = 0;
    this.#connect();
  }

  close(): void {
    this.#drop();
    this.#wanted = [];
    this.#open = [];
    this.#failures = 0;
    this.#counts.clear();
    this.#become("off");
  }

  #schedule(pause: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#connect(), pause);
  }

  #drop(): void {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = undefined;
  }

  #connect(): void {
    this.#drop();
    if (!this.#options.online()) {
      this.#become("offline");
      return;
    }
    this.#open = this.#wanted;
    for (const watch of this.#counts.keys()) if (!this.#open.includes(watch)) this.#counts.delete(watch);
    if (this.#state !== "live") this.#become(this.#failures > 0 ? "reconnecting" : "connecting");
    const query = new URLSearchParams(this.#open.map((watch) => ["watch", watch]));
    query.append("resume", this.#last);
    const source = this.#options.connect("/api/v1/live?" + query.toString());
    this.#source = source;
    // What an old connection still has to say is nothing to the new one.
    const on = (name: string, act: (data: string) => void) =>
      source.addEventListener(name, (event) => {
        if (this.#source !== source) return;
        if (event.lastEventId !== undefined && event.lastEventId !== "") this.#last = event.lastEventId;
        act(typeof event.data === "string" ? event.data : "");
      });
    on("open", () => {
      this.#failures = 0;
      this.#become("live");
    });
    on("counts", (data) => this.#counted(JSON.parse(data)));
    on("counts-changed", (data) => this.#countedPartly(JSON.parse(data)));
    on("rows", (data) => this.#tell("rows", JSON.parse(data)));
    on("request", (data) => this.#tell("request", JSON.parse(data)));
    on("end", (data) => this.#ended((JSON.parse(data) as Schemas["LiveEnd"]).reason));
    on("error", () => this.#failed());
  }

  #counted({ watch, ...counts }: Watched<Schemas["BucketCounts"]>): void {
    this.#counts.set(watch, counts);
    this.#options.onEvent(watch, { name: "counts", data: counts });
  }

  #countedPartly({ watch, ...changed }: Watched<Schemas["LiveCountsChanged"]>): void {
    const before = this.#counts.get(watch);
    if (before === undefined) return; // cannot be: the server begins with all of them
    this.#counted({ watch, ...withChanged(before, changed) });
  }

  #tell(name: "rows" | "request", { watch, ...data }: Watched<Schemas["LiveRows"] & Schemas["LiveRequest"]>): void {
    this.#options.onEvent(watch, { name, data } as LiveEvent);
  }

  #ended(reason: Schemas["LiveEnd"]["reason"]): void {
    if (reason === "signed_out" || reason === "rights_changed") {
      this.close();
      this.#options.onEnd(reason);
    } else this.#failed();
  }

  #failed(): void {
    this.#drop();
    this.#failures++;
    this.#become(this.#options.online() ? "reconnecting" : "offline");
    const pause = Math.min(firstPause * 2 ** (this.#failures - 1), longestPause);
    // Everybody's streams end when the server stops: they do not come back all at once.
    this.#schedule(pause * (0.75 + 0.5 * (this.#options.random ?? Math.random)()));
  }

  #become(state: LiveState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#options.onState(state);
  }
}

type Watched<T> = T & { watch: string };
