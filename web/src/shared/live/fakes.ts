import type { Source } from "./stream";

/** An EventSource of tests. */
export class FakeSource implements Source {
  readonly url: string;
  closed = false;
  #listeners = new Map<string, (event: { data?: unknown; lastEventId?: string }) => void>();

  constructor(url: string) {
    this.url = url;
  }

  addEventListener(name: string, listener: (event: { data?: unknown; lastEventId?: string }) => void): void {
    this.#listeners.set(name, listener);
  }

  close(): void {
    this.closed = true;
  }

  emit(name: string, data?: unknown, lastEventId = ""): void {
    this.#listeners.get(name)?.({ data: data === undefined ? undefined : JSON.stringify(data), lastEventId });
  }
}
