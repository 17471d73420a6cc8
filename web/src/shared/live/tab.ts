import { type EndReason, type LiveEvent, type LiveState } from "./events";
import { Stream, type StreamOptions } from "./stream";

/** What tabs say to each other. */
type Message =
  | { kind: "want"; tab: string; watches: readonly string[] } // all that a tab watches; it has said so before, or it is new
  | { kind: "who" } // a tab has begun to lead, and asks what is wanted
  | { kind: "event"; watch: string; event: LiveEvent }
  | { kind: "state"; state: LiveState }
  | { kind: "end"; reason: EndReason };

/** What a tab needs of BroadcastChannel. */
export interface Channel {
  post: (message: unknown) => void;
  onMessage: (listener: (message: unknown) => void) => void;
  close: () => void;
}

export interface TabOptions {
  id: string;
  /** How tabs speak to each other, and which of them leads: resolves lead once, until released. Without them each tab has a stream of its own. */
  shared: { channel: Channel; lead: (signal: AbortSignal, leading: () => Promise<void>) => Promise<unknown> } | undefined;
  connect: StreamOptions["connect"];
  online: () => boolean;
}

type Listener = (event: LiveEvent) => void;

// Milliseconds. A tab that crashed says no goodbye.
const saysAgain = 20_000;
const forgotten = 50_000;

/**
 * This tab among those of the browser. The one that leads reads the stream for
 * all of them; a tab that watches nothing, or is hidden, neither leads nor is
 * read for.
 */
export class Tab {
  #options: TabOptions;
  #listeners = new Map<string, Set<Listener>>();
  #states = new Set<(state: LiveState) => void>();
  #ends = new Set<(reason: EndReason) => void>();
  #hidden = false;
  #state: LiveState = "off";
  #seeking: AbortController | undefined; // while it leads or waits to
  #release: (() => void) | undefined; // while it leads
  #stream: Stream | undefined; // while it leads
  #others = new Map<string, { watches: readonly string[]; at: number }>(); // what other tabs want
  #again: ReturnType<typeof setInterval> | undefined;

  constructor(options: TabOptions) {
    this.#options = options;
    options.shared?.channel.onMessage((message) => this.#hear(message as Message));
  }

  /** How the stream stands that this tab is read for by. */
  get state(): LiveState {
    return this.#state;
  }

  /** Watches something until the function that it returns is called. */
  watch(watch: string, listener: Listener): () => void {
    const listeners = this.#listeners.get(watch) ?? new Set();
    this.#listeners.set(watch, listeners.add(listener));
    this.#changed(listeners.size === 1 ? undefined : watch);
    return () => {
      listeners.delete(listener);
      if (listeners.size > 0 || this.#listeners.get(watch) !== listeners) return;
      this.#listeners.delete(watch);
      this.#changed();
    };
  }

  onState(listener: (state: LiveState) => void): () => void {
    this.#states.add(listener);
    return () => this.#states.delete(listener);
  }

  onEnd(listener: (reason: EndReason) => void): () => void {
    this.#ends.add(listener);
    return () => this.#ends.delete(listener);
  }

  setHidden(hidden: boolean): void {
    if (this.#hidden === hidden) return;
    this.#hidden = hidden;
    this.#changed();
  }

  networkChanged(): void {
    this.#stream?.networkChanged();
  }

  /** Nothing is watched any more, nor heard. */
  close(): void {
    this.#listeners.clear();
    this.#changed();
    this.#options.shared?.channel.close();
  }

  #wants(): readonly string[] {
    return this.#hidden ? [] : [...this.#listeners.keys()];
  }

  #changed(repeated?: string): void {
    const wants = this.#wants();
    if (wants.length === 0) {
      this.#say({ kind: "want", tab: this.#options.id, watches: [] });
      this.#stand();
      this.#become("off");
      return;
    }
    this.#again ??= setInterval(() => this.#say({ kind: "want", tab: this.#options.id, watches: this.#wants() }), saysAgain);
    if (this.#stream !== undefined) {
      if (repeated !== undefined) this.#repeat(repeated, (event) => this.#dispatch(repeated, event));
      this.#read();
    } else {
      this.#say({ kind: "want", tab: this.#options.id, watches: wants });
      if (this.#state === "off") this.#become("connecting");
      this.#seek();
    }
  }

  /** Leads as soon as no other tab does. */
  #seek(): void {
    if (this.#seeking !== undefined) return;
    const seeking = new AbortController();
    this.#seeking = seeking;
    const lead = () =>
      new Promise<void>((release) => {
        if (seeking.signal.aborted) {
          release();
          return;
        }
        this.#release = release;
        this.#lead();
      });
    if (this.#options.shared === undefined) void lead();
    // Waiting ends with the signal; that is no failure.
    else this.#options.shared.lead(seeking.signal, lead).catch(() => undefined);
  }

  #lead(): void {
    this.#others.clear();
    this.#stream = new Stream({
      connect: this.#options.connect,
      online: this.#options.online,
      onEvent: (watch, event) => {
        this.#dispatch(watch, event);
        this.#say({ kind: "event", watch, event });
      },
      onState: (state) => {
        this.#become(state);
        this.#say({ kind: "state", state });
      },
      onEnd: (reason) => {
        this.#say({ kind: "end", reason });
        this.#end(reason);
      },
    });
    this.#say({ kind: "who" });
    this.#read();
  }

  /** Neither leads nor waits to any more. */
  #stand(): void {
    clearInterval(this.#again);
    this.#again = undefined;
    const stream = this.#stream;
    this.#stream = undefined;
    stream?.close();
    this.#seeking?.abort();
    this.#seeking = undefined;
    this.#release?.();
    this.#release = undefined;
  }

  /** Has the stream watch what all tabs want. */
  #read(): void {
    const heard = Date.now() - forgotten;
    for (const [tab, other] of this.#others) if (other.at < heard) this.#others.delete(tab);
    this.#stream?.watch([...this.#wants(), ...[...this.#others.values()].flatMap((other) => other.watches)]);
  }

  #hear(message: Message): void {
    switch (message.kind) {
      case "want":
        if (this.#stream === undefined) return;
        this.#wanted(message.tab, message.watches);
        return;
      case "who":
        if (this.#wants().length > 0) this.#say({ kind: "want", tab: this.#options.id, watches: this.#wants() });
        return;
      case "event":
        this.#dispatch(message.watch, message.event);
        return;
      case "state":
        if (this.#stream === undefined && this.#wants().length > 0 && message.state !== "off") this.#become(message.state);
        return;
      case "end":
        this.#end(message.reason);
    }
  }

  #wanted(tab: string, watches: readonly string[]): void {
    const before = this.#others.get(tab)?.watches ?? [];
    if (watches.length === 0) this.#others.delete(tab);
    else this.#others.set(tab, { watches, at: Date.now() });
    // Who comes to what is watched already is told how it stands.
    for (const watch of watches) if (!before.includes(watch)) this.#repeat(watch, (event) => this.#say({ kind: "event", watch, event }));
    if (watches.length > 0 && this.#stream !== undefined) this.#say({ kind: "state", state: this.#stream.state });
    this.#read();
  }

  /** Tells what is known of something; of a list, only that it may have changed. */
  #repeat(watch: string, tell: (event: LiveEvent) => void): void {
    const counts = this.#stream?.has(watch) === true ? this.#stream.known(watch) : undefined;
    if (counts === undefined) return;
    tell({ name: "counts", data: counts });
    const { position, stale, now } = counts;
    tell({ name: "rows", data: { position, stale, now, total: counts.matched, rows: [], entered: [], left: [], again: true } });
  }

  #dispatch(watch: string, event: LiveEvent): void {
    if (this.#hidden) return;
    for (const listener of this.#listeners.get(watch) ?? []) listener(event);
  }

  #end(reason: EndReason): void {
    this.#stand();
    this.#become("off");
    for (const listener of this.#ends) listener(reason);
  }

  #become(state: LiveState): void {
    if (this.#state === state) return;
    this.#state = state;
    for (const listener of this.#states) listener(state);
  }

  #say(message: Message): void {
    this.#options.shared?.channel.post(message);
  }
}
