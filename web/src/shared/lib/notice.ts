import { useSyncExternalStore } from "react";

// One sentence about what was just asked for and has no place of its own.
const shownFor = 8_000; // ms

let sentence: string | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();

export function say(next: string | undefined): void {
  sentence = next;
  clearTimeout(timer);
  if (next !== undefined) timer = setTimeout(() => say(undefined), shownFor);
  for (const listener of listeners) listener();
}

export function useNotice(): string | undefined {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => sentence,
  );
}
