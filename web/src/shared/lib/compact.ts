import { useSyncExternalStore } from "react";

// Kept in this browser, like the columns. global.css has the same heights.
const key = "backlot.compact";
const heights = { usual: 32, compact: 24 }; // pixels of a row

let compact = stored();
const listeners = new Set<() => void>();
show();

/** Shows the rows of lists lower, or as usual. */
export function setCompact(next: boolean): void {
  compact = next;
  try {
    localStorage.setItem(key, String(next));
  } catch {
    // Without storage it holds until the page is loaded again.
  }
  show();
  for (const listener of listeners) listener();
}

export function useCompact(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => compact,
  );
}

/** How high a row of a list is, in pixels. */
export function useRowHeight(): number {
  return useCompact() ? heights.compact : heights.usual;
}

function show(): void {
  if (typeof document !== "undefined") document.documentElement.dataset.rows = compact ? "compact" : "usual";
}

function stored(): boolean {
  try {
    return localStorage.getItem(key) === "true";
  } catch {
    return false;
  }
}
