import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { LiveEvent } from "./events";
import { FakeSource } from "./fakes";
import { Tab } from "./tab";

/** A browser: what its tabs share, and every stream that they opened. */
class Browser {
  sources: FakeSource[] = [];
  tabs: Tab[] = [];
  #hearing = new Map<object, (message: unknown) => void>();
  #queue: { run: () => void; gone: () => boolean }[] = [];
  #held = false;

  open(name: string, shares = true): Tab {
    const self = {};
    const tab = new Tab({
      id: name,
      shared: shares
        ? {
            channel: {
              post: (message) => {
                for (const [who, hear] of this.#hearing) if (who !== self) hear(structuredClone(message));
              },
              onMessage: (listener) => this.#hearing.set(self, listener),
              close: () => this.#hearing.delete(self),
            },
            lead: (signal, leading) =>
              new Promise((done, fail) => {
                signal.addEventListener("abort", () => fail(new Error("aborted")));
                this.#queue.push({ gone: () => signal.aborted, run: () => void leading().then(() => this.#pass(done)) });
                this.#grant();
              }),
          }
        : undefined,
      connect: (url) => {
        const source = new FakeSource(url);
        this.sources.push(source);
        return source;
      },
      online: () => true,
    });
    this.tabs.push(tab);
    return tab;
  }

  #pass(done: (value: unknown) => void): void {
    this.#held = false;
    done(undefined);
    this.#grant();
  }

  #grant(): void {
    while (!this.#held) {
      const next = this.#queue.shift();
      if (next === undefined) return;
      if (next.gone()) continue;
      this.#held = true;
      next.run();
    }
  }

  /** What the streams that are open watch: one at most, where tabs share. */
  get watched(): string[][] {
    return this.sources.filter((s) => !s.closed).map((s) => new URL(s.url, "http://x").searchParams.getAll("watch"));
  }

  get stream(): FakeSource {
    const open = this.sources.filter((s) => !s.closed);
    expect(open).toHaveLength(1);
    return open[0] as FakeSource;
  }
}

const settled = () => vi.advanceTimersByTimeAsync(5_000);

function listen(tab: Tab, watch: string): { events: LiveEvent[]; stop: () => void } {
  const events: LiveEvent[] = [];
  return { events, stop: tab.watch(watch, (event) => events.push(event)) };
}

const counts = (watch: string, matched: number) => ({ watch, position: "1", stale: false, now: "", matched, buckets: {}, near_miss: false, warnings: [] });

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("tabs share one stream, and each hears of what it watches", async () => {
  const browser = new Browser();
  const [a, b] = [browser.open("a"), browser.open("b")];
  const x = listen(a, "x");
  const y = listen(b, "y");
  const alsoX = listen(b, "x");
  await settled();
  expect(browser.watched).toEqual([["x", "y"]]);
  expect(browser.sources).toHaveLength(1);
  browser.stream.emit("open");
  expect([a.state, b.state]).toEqual(["live", "live"]);
  browser.stream.emit("counts", counts("y", 1));
  browser.stream.emit("counts", counts("x", 2));
  expect(x.events).toMatchObject([{ name: "counts", data: { matched: 2 } }]);
  expect(alsoX.events).toEqual(x.events);
  expect(y.events).toMatchObject([{ name: "counts", data: { matched: 1 } }]);
});

test("who comes to what is watched already is told how it stands, without another connection", async () => {
  const browser = new Browser();
  const [a, b] = [browser.open("a"), browser.open("b")];
  listen(a, "x");
  await settled();
  browser.stream.emit("open");
  browser.stream.emit("counts", counts("x", 5));
  const late = listen(b, "x");
  const again = listen(a, "x");
  await settled();
  expect(browser.sources).toHaveLength(1);
  for (const { events } of [late, again]) expect(events).toMatchObject([{ name: "counts", data: { matched: 5 } }, { name: "rows", data: { again: true } }]);
  expect(b.state).toBe("live");
});

test("when the tab that leads goes, another one takes over with all that is wanted", async () => {
  const browser = new Browser();
  const [a, b, c] = [browser.open("a"), browser.open("b"), browser.open("c")];
  listen(a, "x");
  listen(b, "y");
  listen(c, "z");
  await settled();
  expect(browser.watched).toEqual([["x", "y", "z"]]);
  a.close();
  await settled();
  expect(browser.watched).toEqual([["y", "z"]]);
});

test("a hidden tab is not read for, and does not lead; without a visible one there is no stream", async () => {
  const browser = new Browser();
  const [a, b] = [browser.open("a"), browser.open("b")];
  const x = listen(a, "x");
  listen(b, "y");
  await settled();
  a.setHidden(true);
  await settled();
  expect(browser.watched).toEqual([["y"]]);
  expect(a.state).toBe("off");
  browser.stream.emit("counts", counts("x", 1));
  expect(x.events).toEqual([]);
  b.setHidden(true);
  await settled();
  expect(browser.watched).toEqual([]);
  a.setHidden(false);
  await settled();
  expect(browser.watched).toEqual([["x"]]);
});

test("a tab that waited to lead and was hidden meanwhile does not lead", async () => {
  const browser = new Browser();
  const [a, b] = [browser.open("a"), browser.open("b")];
  listen(a, "x");
  listen(b, "y");
  await settled();
  b.setHidden(true);
  a.close();
  await settled();
  expect(browser.watched).toEqual([]);
});

test("what no tab watches any more is let go, also if the tab could not say so", async () => {
  const browser = new Browser();
  const [a, b] = [browser.open("a"), browser.open("b")];
  listen(a, "x");
  const y = listen(b, "y");
  await settled();
  y.stop();
  await settled();
  expect(browser.watched).toEqual([["x"]]);
  listen(b, "z");
  await settled();
  expect(browser.watched).toEqual([["x", "z"]]);
  // The leader hears nothing of it for a minute: it crashed.
  vi.setSystemTime(Date.now() + 60_000);
  listen(a, "w");
  await settled();
  expect(browser.watched).toEqual([["w", "x"]]);
});

test("tabs that cannot share have a stream each", async () => {
  const browser = new Browser();
  listen(browser.open("a", false), "x");
  listen(browser.open("b", false), "x");
  await settled();
  expect(browser.watched).toEqual([["x"], ["x"]]);
});

test("an end is told to every tab, and nobody tries again", async () => {
  const browser = new Browser();
  const [a, b] = [browser.open("a"), browser.open("b")];
  const ends: string[] = [];
  for (const tab of [a, b]) tab.onEnd((reason) => ends.push(reason));
  listen(a, "x");
  listen(b, "x");
  await settled();
  browser.stream.emit("end", { reason: "rights_changed" });
  await settled();
  expect(ends).toEqual(["rights_changed", "rights_changed"]);
  expect(browser.watched).toEqual([]);
});
