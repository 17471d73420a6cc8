import { expect, test, vi } from "vitest";
import { Transfers, type Send } from "@/shared/upload/transfers";
import { type Answered, type Providing, Providings, type Sent } from "./providings";

const file = (id: string, size = 10): Sent => ({ id, name: id, size, received: 0, kind: "Video", changed: 1, problem: null, upload: { endpoint: "/uploads/", url: "/uploads/" + id, metadata: {}, created: true } });
const act = { requests: ["r1", "r2"], about: "Title", status: undefined };

/** A page over a server that does what the test says. */
function started() {
  const lines = new Map<string, Parameters<Send>[2]>();
  const transfers = new Transfers<Sent>((one, _, on) => {
    lines.set(one.id, on);
    return { stop: () => {} };
  });
  const checked = new Set<string>();
  const uploads = new Map<string, number>(); // how far each is
  const given: { requests: readonly string[]; files: string[]; key: string }[] = [];
  const statuses: string[] = [];
  let answered: () => Promise<Answered> = () => Promise.resolve({ changed: true });
  const stored = new Map<string, Providing>();
  const timers: (() => void)[] = [];
  let ids = 0;
  const providings = new Providings(
    {
      look: (url) => {
        const id = url.replace("/uploads/", "");
        const offset = uploads.get(id);
        return Promise.resolve(offset === undefined ? undefined : { offset, checked: checked.has(id) });
      },
      give: (requests, files, key) => {
        given.push({ requests, files: files.map((f) => f.id), key });
        return answered();
      },
      changeStatus: (_, status) => {
        statuses.push(status);
        return answered();
      },
      why: (error) => String(error),
    },
    transfers,
    { put: (one) => void stored.set(one.id, structuredClone(one)), drop: (id) => void stored.delete(id) },
    (what) => void timers.push(what),
    () => `p${++ids}`,
  );
  /** A file arrives whole. */
  const arrives = (id: string) => {
    uploads.set(id, 10);
    lines.get(id)?.done();
  };
  const settle = async () => {
    for (let i = 0; i < 5; i++) {
      await new Promise((done) => setTimeout(done));
      for (const what of timers.splice(0)) what();
    }
  };
  const begin = (files: Sent[], more: Partial<Providing> = {}) =>
    providings.begin(
      { ...act, ...more },
      files.map((one) => ({ file: one, content: {} as File })),
    );
  return { providings, transfers, checked, uploads, given, statuses, stored, begin, arrives, settle, answers: (next: typeof answered) => (answered = next), steps: () => providings.all().map((one) => `${one.files.map((f) => f.id).join("+")} ${one.step}`) };
}

test("files of one act are given together, once all are here and checked", async () => {
  const { begin, arrives, settle, checked, given, steps, stored } = started();
  begin([file("a"), file("b")]);
  arrives("a");
  checked.add("a");
  await settle();
  expect(given).toEqual([]);
  arrives("b");
  await settle();
  expect(given).toEqual([]); // b is being checked
  checked.add("b");
  await settle();
  expect(given).toEqual([{ requests: ["r1", "r2"], files: ["a", "b"], key: "p1-giving-0" }]);
  expect(steps()).toEqual(["a+b done"]);
  expect(stored.size).toBe(0);
});

test("what is paused does not hold back the others, and is given when it is there", async () => {
  const { begin, arrives, settle, checked, given, transfers, steps } = started();
  begin([file("a"), file("b")]);
  for (const id of ["a", "b"]) checked.add(id);
  transfers.pause("b");
  arrives("a");
  await settle();
  expect(steps()).toEqual(["a done", "b sending"]);
  transfers.resume("b");
  arrives("b");
  await settle();
  expect(given.map((one) => [one.key, one.files])).toEqual([
    ["p1-giving-0", ["a"]],
    ["p2-giving-0", ["b"]],
  ]);
});

test("a page that comes after gives what has arrived, and waits for the rest to be chosen again", async () => {
  const before = started();
  before.begin([file("a"), file("b")]);
  const after = started();
  after.uploads.set("a", 10).set("b", 4);
  after.checked.add("a");
  for (const one of before.stored.values()) await after.providings.adopt({ ...one, id: "kept" });
  await after.settle();
  expect(after.given.map((one) => [one.key, one.files])).toEqual([["kept-giving-0", ["a"]]]);
  expect(after.providings.unfinished().map((f) => [f.id, f.received])).toEqual([["b", 4]]);
  const [rest] = after.providings.unfinished();
  if (rest === undefined) throw new Error("nothing is left");
  after.providings.resume("b", rest, {} as File);
  expect(after.providings.unfinished()).toEqual([]);
  after.checked.add("b");
  after.arrives("b");
  await after.settle();
  expect(after.given[1]?.files).toEqual(["b"]);
});

test("a command whose answer never came is given again under its key", async () => {
  const before = started();
  before.answers(() => new Promise(() => {}));
  before.checked.add("a");
  before.begin([file("a")]);
  before.arrives("a");
  await before.settle();
  const [kept] = before.stored.values();
  expect(kept?.step).toBe("giving");
  const after = started();
  if (kept !== undefined) await after.providings.adopt(kept);
  await after.settle();
  expect(after.given.map((one) => one.key)).toEqual(before.given.map((one) => one.key));
  expect(after.steps()).toEqual(["a done"]);
});

test("a refusal is told, and tried again under the same key", async () => {
  const { begin, arrives, settle, checked, given, answers, providings, steps } = started();
  answers(() => Promise.reject(new Error("no")));
  checked.add("a");
  begin([file("a")]);
  arrives("a");
  await settle();
  expect(providings.all()[0]).toMatchObject({ step: "giving", problem: "Error: no" });
  answers(() => Promise.resolve({ changed: true }));
  providings.tryAgain("p1");
  await settle();
  expect(new Set(given.map((one) => one.key)).size).toBe(1);
  expect(steps()).toEqual(["a done"]);
});

test("the material status follows the files, where a job gave them to any", async () => {
  const job = (id: string, phase: string, changed: number, refused: number) => ({ id, phase, changed, refused, failure: null }) as never;
  const { begin, arrives, settle, checked, answers, providings, statuses, steps } = started();
  answers(vi.fn<() => Promise<Answered>>().mockResolvedValueOnce({ job: job("j1", "Running", 0, 0) }).mockResolvedValueOnce({ job: job("j2", "Finished", 1, 1) }));
  checked.add("a");
  begin([file("a")], { status: "Received" });
  arrives("a");
  await settle();
  expect([steps(), statuses]).toEqual([["a giving"], []]);
  providings.noteJob("p1", job("j1", "Finished", 1, 1));
  await settle();
  expect([steps(), statuses]).toEqual([["a done"], ["Received"]]);
  expect(providings.all()[0]).toMatchObject({ changed: 1, refused: 1, refusedBy: "j1" });
});
