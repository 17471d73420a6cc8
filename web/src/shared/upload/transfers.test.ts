import { expect, test } from "vitest";
import { progressOf, type Send, type Sendable, Transfers } from "./transfers";

const upload = { endpoint: "/uploads/", url: "/uploads/1", metadata: {} };
const file = (id: string, size = 1_000, received = 0): Sendable => ({ id, name: id, size, received, upload });

/** Transfers over a server that does what the test says. */
function started(...files: Sendable[]) {
  const lines = new Map<string, Parameters<Send>[2] & { stopped: boolean }>();
  let now = 0;
  const transfers = new Transfers(
    (one, _, on) => {
      const line = { ...on, stopped: false };
      lines.set(one.id, line);
      return { stop: () => (line.stopped = true) };
    },
    () => now,
  );
  transfers.add(files.map((one) => ({ file: one, content: {} as File })));
  const line = (id: string) => lines.get(id) ?? expect.fail(`${id} was never sent`);
  const phases = () => transfers.all().map((t) => `${t.file.id} ${t.phase}`);
  return { transfers, lines, line, phases, pass: (ms: number) => (now += ms) };
}

test("three files at a time are sent, and the next one when one has gone or has failed", () => {
  const { line, phases } = started(file("a"), file("b"), file("c"), file("d"), file("e"), file("f"));
  expect(phases()).toEqual(["a sending", "b sending", "c sending", "d waiting", "e waiting", "f waiting"]);
  line("b").done();
  line("a").failed("no");
  expect(phases()).toEqual(["a failed", "b sent", "c sending", "d sending", "e sending", "f waiting"]);
});

test("a paused file makes way for the next one and goes on in its turn", () => {
  const { transfers, line, phases } = started(file("a"), file("b"), file("c"), file("d"));
  transfers.pause("a");
  expect(line("a").stopped).toBe(true);
  expect(phases()).toEqual(["a paused", "b sending", "c sending", "d sending"]);
  transfers.resume("a");
  expect(phases()[0]).toBe("a waiting");
  line("d").done();
  expect(phases()[0]).toBe("a sending");
});

test("what a stopped upload still says is of no interest", () => {
  const { transfers, line, phases } = started(file("a"));
  const before = line("a");
  transfers.pause("a");
  before.progress(900);
  before.done();
  before.failed("aborted");
  expect(phases()).toEqual(["a paused"]);
  expect(transfers.all()[0]?.sent).toBe(0);
  transfers.drop("a");
  expect(phases()).toEqual([]);
});

test("all together: bytes, speed and time left, also of files that wait, but not of paused ones", () => {
  const { transfers, line, pass } = started(file("a", 10_000, 2_000), file("b", 10_000), file("c", 10_000), file("d", 10_000));
  transfers.pause("c");
  line("a").progress(2_000);
  line("b").progress(0);
  pass(1_000);
  line("a").progress(4_000);
  line("b").progress(1_000);
  // a has 6,000 left, b 9,000, d 10,000, at 3,000 a second.
  expect(progressOf(transfers.all())).toEqual({ files: 4, done: 0, sent: 5_000, size: 40_000, percent: 12, speed: 3_000, secondsLeft: 9, moving: true });
  transfers.pause("a", "b", "d");
  expect(progressOf(transfers.all())).toMatchObject({ speed: undefined, secondsLeft: undefined, moving: false });
});

test("an empty file has gone when it is there", () => {
  const { transfers, line } = started(file("a", 0));
  expect(progressOf(transfers.all()).percent).toBe(0);
  line("a").done();
  expect(progressOf(transfers.all())).toMatchObject({ done: 1, percent: 100, moving: false });
});
