import { useCallback, useMemo, useSyncExternalStore } from "react";
import type { ListColumn } from "../columns";
import { type Arrangement, fitted, initialArrangement, parseArrangement } from "./arrangement";

const key = "backlot.columns";
const listeners = new Set<() => void>();
let kept: string | null | undefined; // where the browser stores nothing, until the page is left

function read(): string | null {
  if (kept !== undefined) return kept;
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(text: string | null): void {
  try {
    if (text === null) localStorage.removeItem(key);
    else localStorage.setItem(key, text);
  } catch {
    kept = text;
  }
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("storage", listener); // another tab's change
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", listener);
  };
}

/** How the columns are arranged, and how to arrange them otherwise; undefined is as at first. */
export function useArrangement(all: readonly ListColumn[]): [Arrangement, (next: Arrangement | undefined) => void] {
  const text = useSyncExternalStore(subscribe, read);
  const arrangement = useMemo(() => {
    const stored = parseArrangement(text);
    return stored === undefined ? initialArrangement(all) : fitted(stored, all);
  }, [text, all]);
  const change = useCallback((next: Arrangement | undefined) => write(next === undefined ? null : JSON.stringify(next)), []);
  return [arrangement, change];
}
