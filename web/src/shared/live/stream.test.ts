import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type LiveEvent, reaches } from "./events";
import { type Source, Stream } from "./stream";
import { FakeSource } from "./fakes";

let sources: FakeSource[];
let told: [string, LiveEvent][];
let states: string[];
let ends: string[];
let online: boolean;

function newStream(): Stream {
  return new Stream({
    connect: (url): Source => {
      const source = new FakeSource(url);
      sources.push(source);
      return source;
    },
    online: () => online,
    onEvent: (watch, event) => told.push([watch, event]),
    onState: (state) => states.push(state),
    onEnd: (reason) => ends.push(reason),
    random: () => 0.5,
  });
}

const watched = (source: FakeSource | undefined) => new URL(source?.url ?? "", "http://x").searchParams.getAll("watch");
const resumed = (source: FakeSource | undefined) => new URL(source?.url ?? "", "http://x").searchParams.get("resume");
const last = () => sources.at(-1) as FakeSource;
const running = () => sources.filter((s) => !s.closed);

beforeEach(() => {
  vi.useFakeTimers();
  [sources, told, states, ends, online] = [[], [], [], [], true];
});
afterEach(() => vi.useRealTimers());

test("everything that is wanted goes over one connection, opened again only if more is wanted", () => {
  const stream = newStream();
  stream.watch(["b", "a", "b"]);
  vi.advanceTimersByTime(1000);
  expect(watched(last())).toEqual(["a", "b"]);
  stream.watch(["a", "b"]);
  vi.advanceTimersByTime(10_000);
  expect(sources).toHaveLength(1);
  stream.watch(["a", "c"]);
  stream.watch(["a", "c", "d"]);
  vi.advanceTimersByTime(1000);
  expect(sources).toHaveLength(2);
  expect(watched(last())).toEqual(["a", "c", "d"]);
  expect(running()).toHaveLength(1);
  stream.watch(["a", "c"]);
  vi.advanceTimersByTime(1000);
  expect(sources).toHaveLength(2);
  vi.advanceTimersByTime(5000);
  expect(watched(last())).toEqual(["a", "c"]);
  stream.watch([]);
  expect(running()).toEqual([]);
  expect(states.at(-1)).toBe("off");
});

test("parts of counts are put into their places", () => {
  const stream = newStream();
  stream.watch(["a"]);
  vi.advanceTimersByTime(1000);
  last().emit("open");
  const group = (language: string, matched: number) => ({ key: { language }, matched, buckets: {} });
  last().emit("counts", { watch: "a", position: "9", matched: 3, groups: [group("x", 1), group("y", 2)] });
  last().emit("counts-changed", { watch: "a", position: "10", matched: 4, groups: [{ at: 1, ...group("y", 3) }] });
  expect(told).toEqual([
    ["a", { name: "counts", data: { position: "9", matched: 3, groups: [group("x", 1), group("y", 2)] } }],
    ["a", { name: "counts", data: { position: "10", matched: 4, groups: [group("x", 1), group("y", 3)] } }],
  ]);
  expect(stream.known("a")?.matched).toBe(4);
  last().emit("something-new", { watch: "a" });
  expect(told).toHaveLength(2);
});

test("after an interruption it goes on where it was, waiting longer each time", () => {
  const stream = newStream();
  stream.watch(["a"]);
  vi.advanceTimersByTime(100);
  expect(states).toEqual(["connecting"]);
  expect(resumed(last())).toBe("0");
  last().emit("open");
  last().emit("rows", { watch: "a", rows: [] }, "7-x-1");
  last().emit("error");
  expect(states).toEqual(["connecting", "live", "reconnecting"]);
  for (const pause of [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]) {
    const before = sources.length;
    expect(running()).toEqual([]);
    vi.advanceTimersByTime(pause - 1);
    expect(sources).toHaveLength(before);
    vi.advanceTimersByTime(1);
    expect(sources).toHaveLength(before + 1);
    expect(resumed(last())).toBe("7-x-1");
    last().emit("error");
  }
  // What is wanted meanwhile waits too.
  stream.watch(["a", "b"]);
  const before = sources.length;
  vi.advanceTimersByTime(29_000);
  expect(sources).toHaveLength(before);
  vi.advanceTimersByTime(1000);
  expect(watched(last())).toEqual(["a", "b"]);
  last().emit("open");
  expect(states.at(-1)).toBe("live");
  last().emit("error");
  vi.advanceTimersByTime(1000);
  expect(running()).toHaveLength(1);
});

test("a server that stops is come back to; a session that ended is not", () => {
  const stream = newStream();
  stream.watch(["a"]);
  vi.advanceTimersByTime(100);
  last().emit("end", { reason: "stopping" });
  expect(ends).toEqual([]);
  vi.advanceTimersByTime(1000);
  last().emit("end", { reason: "signed_out" });
  expect(ends).toEqual(["signed_out"]);
  vi.advanceTimersByTime(100_000);
  expect(running()).toEqual([]);
});

test("without a network it waits for one", () => {
  const stream = newStream();
  stream.watch(["a"]);
  vi.advanceTimersByTime(100);
  last().emit("open");
  online = false;
  stream.networkChanged();
  expect(states.at(-1)).toBe("offline");
  expect(running()).toEqual([]);
  online = true;
  stream.networkChanged();
  expect(running()).toHaveLength(1);
});

test("what an old connection still says is not heard", () => {
  const stream = newStream();
  stream.watch(["a"]);
  vi.advanceTimersByTime(100);
  const old = last();
  stream.watch(["a", "b"]);
  vi.advanceTimersByTime(100);
  old.emit("counts", { watch: "a", matched: 1 });
  old.emit("error");
  expect(told).toEqual([]);
  expect(running()).toEqual([last()]);
});

test("positions are compared as numbers of any length", () => {
  expect(reaches("10", "9")).toBe(true);
  expect(reaches("9", "10")).toBe(false);
  expect(reaches("10", "10")).toBe(true);
  expect(reaches("18446744073709551615", "18446744073709551614")).toBe(true);
});
