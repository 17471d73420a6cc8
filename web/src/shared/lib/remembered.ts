/** What an account keeps in this browser: a list of things, each with an id, the newest last. Without storage there is nothing. */
export class Remembered<T extends object> {
  readonly #prefix: string;
  readonly #idOf: (one: T) => string;
  readonly #fields: readonly (keyof T & string)[]; // what each of them has
  readonly #most: number;

  constructor(prefix: string, idOf: (one: T) => string, fields: readonly (keyof T & string)[], most: number) {
    this.#prefix = prefix;
    this.#idOf = idOf;
    this.#fields = fields;
    this.#most = most;
  }

  of(account: string): T[] {
    try {
      const kept: unknown = JSON.parse(localStorage.getItem(this.#prefix + account) ?? "[]");
      return Array.isArray(kept) ? kept.filter((one: unknown): one is T => typeof one === "object" && one !== null && this.#fields.every((field) => field in one)) : [];
    } catch {
      return [];
    }
  }

  /** Keeps them in the place of those of the same ids. */
  put(account: string, ...those: T[]): void {
    const ids = new Set(those.map(this.#idOf));
    this.#keep(account, [...this.of(account).filter((one) => !ids.has(this.#idOf(one))), ...those].slice(-this.#most));
  }

  drop(account: string, ...ids: string[]): void {
    this.#keep(
      account,
      this.of(account).filter((one) => !ids.includes(this.#idOf(one))),
    );
  }

  #keep(account: string, those: T[]): void {
    try {
      if (those.length === 0) localStorage.removeItem(this.#prefix + account);
      else localStorage.setItem(this.#prefix + account, JSON.stringify(those));
    } catch {
      // Full, or not allowed: it is as if there were none.
    }
  }
}
