import type { Schemas } from "@/shared/api/client";
import type { Sendable, Transfer, Transfers } from "@/shared/upload/transfers";
import type { MaterialKind } from "./kinds";

export type MaterialStatus = Schemas["MaterialStatus"];
type Job = Schemas["Job"];

/** A file that becomes a material once it is here. */
export interface Sent extends Sendable {
  kind: MaterialKind;
  changed: number; // when it had last been changed, in ms: by that it is known again
  problem: string | null;
}

/** Files that requests are given together, and how far that is. */
export interface Providing {
  id: string; // which its commands' keys are made of
  requests: string[];
  about: string; // whom it is for, in words
  status: MaterialStatus | undefined; // that the requests get in the same act
  files: Sent[];
  step:
    | "sending"
    | "giving"
    | "changing" // the material status
    | "done";
  job: string | undefined; // that works on the step, where it is about several requests
  problem: string | undefined; // why the step did not work, until somebody tries again
  attempt: number; // jobs that failed; what was refused an answer is no attempt
  changed: number; // requests that were given them
  refusedBy: string | undefined; // the job that knows which were refused, and why
  refused: number;
}

/** What a command led to: a job, or that one request was changed. */
export type Answered = { job: Job } | { changed: boolean };

export interface Server {
  /** How far an upload is and whether its checksum is known; undefined where there is none any more. */
  look: (url: string) => Promise<{ offset: number; checked: boolean } | undefined>;
  give: (requests: readonly string[], files: readonly Pick<Sent, "id" | "kind">[], key: string) => Promise<Answered>;
  changeStatus: (requests: readonly string[], status: MaterialStatus, key: string) => Promise<Answered>;
  /** Why something did not work, in words. */
  why: (error: unknown) => string;
}

/** Where what is not done outlives the page. */
export interface Keeper {
  put: (providing: Providing) => void;
  drop: (id: string) => void;
}

const lookEvery = 400; // ms

/**
 * Sees to it that requests get the files that were sent for them. Those of one
 * act are given with one command, as soon as none of them is on its way any
 * more: what is paused, has failed or was interrupted is given later.
 */
export class Providings {
  #all: readonly Providing[] = [];
  readonly #listeners = new Set<() => void>();
  readonly #arrived = new Set<string>(); // files that are here whole
  readonly #checked = new Set<string>();
  readonly #looking = new Set<string>();
  readonly #server: Server;
  readonly #transfers: Transfers<Sent>;
  readonly #keeper: Keeper;
  readonly #later: (what: () => void, ms: number) => void;
  readonly #newId: () => string;

  constructor(server: Server, transfers: Transfers<Sent>, keeper: Keeper, later: (what: () => void, ms: number) => void = (what, ms) => void setTimeout(what, ms), newId: () => string = () => crypto.randomUUID()) {
    this.#server = server;
    this.#transfers = transfers;
    this.#keeper = keeper;
    this.#later = later;
    this.#newId = newId;
    transfers.subscribe(() => this.#go());
  }

  readonly all = (): readonly Providing[] => this.#all;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Sends files, and gives them to the requests when they are there. */
  begin(act: Pick<Providing, "requests" | "about" | "status">, files: readonly { file: Sent; content: File }[]): void {
    const providing: Providing = { ...act, id: this.#newId(), files: files.map(({ file }) => file), step: "sending", job: undefined, problem: undefined, attempt: 0, changed: 0, refusedBy: undefined, refused: 0 };
    this.#keeper.put(providing);
    this.#transfers.add(files);
    this.#set([...this.#all, providing]);
    this.#go();
  }

  /** Goes on with what a page that is no more had begun. */
  async adopt(kept: Providing): Promise<void> {
    if (this.#all.some(({ id }) => id === kept.id)) return;
    const files = await Promise.all(
      kept.files.map(async (file): Promise<Sent> => {
        if (kept.step !== "sending") return file;
        const found = await this.#server.look(file.upload.url);
        if (found === undefined) return { ...file, received: 0, upload: { ...file.upload, created: false } };
        if (found.offset === file.size) this.#arrived.add(file.id);
        if (found.checked) this.#checked.add(file.id);
        return { ...file, received: found.offset };
      }),
    );
    if (this.#all.some(({ id }) => id === kept.id)) return;
    this.#set([...this.#all, { ...kept, files }]);
    if (kept.step === "sending") this.#go();
    // The key is that of the first attempt, so it is done once.
    else if (kept.job === undefined) void this.#work(kept.id);
  }

  /** Goes on with a file that was chosen again; as another one, where what had come of the first is gone. */
  resume(id: string, file: Sent, content: File): void {
    const providing = this.#of(id);
    if (providing === undefined) return;
    this.#transfers.add([{ file, content }]);
    this.#change(providing.id, { files: providing.files.map((f) => (f.id === id ? file : f)) });
    this.#go();
  }

  /** Without a file that was cancelled. */
  leaveOut(id: string): void {
    const providing = this.#of(id);
    if (providing === undefined) return;
    const files = providing.files.filter((f) => f.id !== id);
    if (files.length === 0) this.dismiss(providing.id);
    else this.#change(providing.id, { files });
    this.#go();
  }

  tryAgain(id: string): void {
    if (this.#find(id)?.problem === undefined) return;
    this.#change(id, { problem: undefined });
    void this.#work(id);
  }

  /** Knows nothing of it any more; files that no request was given go with time. */
  dismiss(id: string): void {
    const providing = this.#find(id);
    if (providing === undefined) return;
    this.#keeper.drop(id);
    this.#set(this.#all.filter((one) => one !== providing));
    this.#transfers.drop(...providing.files.map((f) => f.id));
  }

  /** Forgets all of them; they are kept where they outlive the page. */
  leave(): void {
    const files = this.#all.flatMap((one) => one.files.map((f) => f.id));
    this.#set([]);
    this.#transfers.drop(...files);
  }

  /** How the job of a step stands. */
  noteJob(id: string, job: Job): void {
    const providing = this.#find(id);
    if (providing === undefined || providing.job !== job.id || job.phase === "Running") return;
    this.#ended(providing, job);
  }

  /** The files that have not arrived whole, and that this page does not send. */
  unfinished(): Sent[] {
    const known = new Set(this.#transfers.all().map((one) => one.file.id));
    return this.#all.flatMap((one) => (one.step === "sending" ? one.files.filter((f) => !known.has(f.id) && !this.#arrived.has(f.id)) : []));
  }

  #find(id: string): Providing | undefined {
    return this.#all.find((one) => one.id === id);
  }

  #of(file: string): Providing | undefined {
    return this.#all.find((one) => one.files.some((f) => f.id === file));
  }

  #set(all: readonly Providing[]): void {
    this.#all = all;
    for (const listener of this.#listeners) listener();
  }

  #change(id: string, change: Partial<Providing>): void {
    const next = this.#all.map((one) => (one.id === id ? { ...one, ...change } : one));
    const changed = next.find((one) => one.id === id);
    if (changed === undefined) return;
    if (changed.step === "done") this.#keeper.drop(id);
    else this.#keeper.put(changed);
    this.#set(next);
  }

  #go(): void {
    const phases = new Map(this.#transfers.all().map((one): [string, Transfer["phase"]] => [one.file.id, one.phase]));
    for (const [id, phase] of phases) if (phase === "sent") this.#arrived.add(id);
    for (const one of this.#all) {
      if (one.step !== "sending") continue;
      const isMoving = ({ id }: Sent) => !this.#arrived.has(id) && (phases.get(id) === "waiting" || phases.get(id) === "sending");
      const here = one.files.filter((f) => this.#arrived.has(f.id));
      if (here.length === 0 || one.files.some(isMoving)) continue;
      const unchecked = here.filter((f) => !this.#checked.has(f.id));
      if (unchecked.length > 0) for (const file of unchecked) void this.#check(file);
      else this.#give(one, here);
    }
  }

  async #check(file: Sent): Promise<void> {
    if (this.#looking.has(file.id)) return;
    this.#looking.add(file.id);
    try {
      const found = await this.#server.look(file.upload.url);
      // What is gone is refused when it is given, in the server's words.
      if (found === undefined || found.checked) this.#checked.add(file.id);
    } catch {
      // Asked again in a moment.
    }
    this.#later(() => {
      this.#looking.delete(file.id);
      this.#go();
    }, this.#checked.has(file.id) ? 0 : lookEvery);
  }

  #give(one: Providing, here: Sent[]): void {
    const rest = one.files.filter((f) => !here.includes(f));
    if (rest.length > 0) {
      const later: Providing = { ...one, id: this.#newId(), files: rest };
      this.#keeper.put(later);
      this.#set([...this.#all, later]);
    }
    this.#change(one.id, { files: here, step: "giving" });
    void this.#work(one.id);
  }

  async #work(id: string): Promise<void> {
    const one = this.#find(id);
    if (one === undefined || one.step === "sending" || one.step === "done") return;
    const key = `${one.id}-${one.step}-${one.attempt}`;
    try {
      const answered = one.step === "giving" || one.status === undefined ? await this.#server.give(one.requests, one.files, key) : await this.#server.changeStatus(one.requests, one.status, key);
      const now = this.#find(id);
      if (now === undefined) return;
      if ("job" in answered) {
        this.#change(id, { job: answered.job.id });
        this.noteJob(id, answered.job);
      } else this.#ended(now, { ...nothingRefused, changed: answered.changed ? 1 : 0 });
    } catch (error) {
      this.#change(id, { problem: this.#server.why(error) });
    }
  }

  #ended(one: Providing, { id, changed, refused, failure }: Pick<Job, "changed" | "refused"> & { id: string | undefined; failure: { detail: string } | null }): void {
    if (failure !== null) {
      this.#change(one.id, { job: undefined, problem: failure.detail, attempt: one.attempt + 1 });
      return;
    }
    if (one.step === "giving") {
      const counted = { job: undefined, changed, refused, refusedBy: refused > 0 ? id : undefined };
      const changes = one.status !== undefined && changed > 0;
      this.#change(one.id, { ...counted, step: changes ? "changing" : "done" });
      if (changes) void this.#work(one.id);
      return;
    }
    // Which took no files takes no status either, and was counted.
    this.#change(one.id, { job: undefined, step: "done" });
  }
}

const nothingRefused = { id: undefined, refused: 0, failure: null };
