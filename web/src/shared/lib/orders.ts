import { useSyncExternalStore } from "react";

/**
 * What somebody wants done wherever they are on the page: rows, bars, details
 * and what is dropped all lead to one dialog, which belongs to none of them.
 */
export class Orders<T> {
  #present: T | undefined;
  readonly #listeners = new Set<() => void>();

  readonly present = (): T | undefined => this.#present;

  readonly #subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  set(next: T | undefined): void {
    this.#present = next;
    for (const listener of this.#listeners) listener();
  }

  use(): T | undefined {
    return useSyncExternalStore(this.#subscribe, this.present);
  }
}
