import { useEffect, useSyncExternalStore } from "react";
import type { Sendable, Transfer, Transfers } from "./transfers";

export function useTransfers<F extends Sendable>(transfers: Transfers<F>): readonly Transfer<F>[] {
  return useSyncExternalStore(transfers.subscribe, transfers.all);
}

/** Asks before a page is left that sends something. */
export function useWarning(moving: boolean): void {
  useEffect(() => {
    if (!moving) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [moving]);
}
