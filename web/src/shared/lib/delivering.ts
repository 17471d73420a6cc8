import type { Session } from "@/shared/api/session";
import type { Picked } from "@/shared/upload/picked";
import { dropsGoTo } from "./dropsGoTo";
import { Orders } from "./orders";

/** What somebody wants to deliver: files, or to certain requests, or neither yet. */
export interface Order {
  requests: readonly string[]; // those that it is about; none for any
  files?: readonly Picked[];
}

/** Who delivers. Whether a request takes it shows when it is tried. */
export function mayDeliver({ role }: Pick<Session, "role">): boolean {
  return role === "operator" || role === "fulfillment_partner";
}

const orders = new Orders<Order>();

export const deliver = (order: Order): void => orders.set(order);

export const endDelivering = (): void => orders.set(undefined);

export const useOrder = (): Order | undefined => orders.use();

/** Delivers what was dropped: to those that it is about already, or the request that is shown. */
export function deliverDropped(files: readonly Picked[]): void {
  const shown = dropsGoTo();
  deliver({ requests: orders.present()?.requests ?? (shown === undefined ? [] : [shown]), files });
}
