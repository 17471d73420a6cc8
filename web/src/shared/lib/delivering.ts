import { useEffect, useSyncExternalStore } from "react";
import type { Session } from "@/shared/api/session";
import type { Picked } from "@/shared/upload/picked";

/** What somebody wants to deliver: files, or to certain requests, or neither yet. */
export interface Order {
  requests: readonly string[]; // those that it is about; none for any
  files?: readonly Picked[];
}

/** Who delivers. Whether a request takes it shows when it is tried. */
export function mayDeliver({ role }: Pick<Session, "role">): boolean {
  return role === "operator" || role === "fulfillment_partner";
}

// Rows, the bar, the details and what is dropped on the page all lead to one
// dialog; uploads go on while pages change, so it belongs to none of them.
let order: Order | undefined;
const listeners = new Set<() => void>();

export function deliver(next: Order): void {
  order = next;
  for (const listener of listeners) listener();
}

export function endDelivering(): void {
  order = undefined;
  for (const listener of listeners) listener();
}

export function useOrder(): Order | undefined {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => order,
  );
}

let about: readonly string[] = [];

/** What is dropped on the page belongs to this request as long as it is shown. */
export function useDropsGoTo(request: string | undefined): void {
  useEffect(() => {
    about = request === undefined ? [] : [request];
    return () => {
      about = [];
    };
  }, [request]);
}

export function dropsGoTo(): readonly string[] {
  return order?.requests ?? about;
}
