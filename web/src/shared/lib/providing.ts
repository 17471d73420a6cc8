import type { Target } from "@/shared/api/request/getTargetRows";
import type { Session } from "@/shared/api/session";
import type { Picked } from "@/shared/upload/picked";
import { dropsGoTo } from "./dropsGoTo";
import { Orders } from "./orders";

/** What somebody wants to provide as materials: files, or to certain requests, or neither yet. */
export interface ProvideOrder {
  to: Target | undefined; // undefined: a title is chosen first
  files?: readonly Picked[];
  replaces?: { name: string; kind: string }; // the material whose place the file takes
}

/** Who provides materials. Whether a request takes them shows when it is tried. */
export function mayProvide({ role }: Pick<Session, "role">): boolean {
  return role === "operator" || role === "content_partner";
}

const orders = new Orders<ProvideOrder>();

export const provide = (order: ProvideOrder): void => orders.set(order);

export const endProviding = (): void => orders.set(undefined);

export const useProvideOrder = (): ProvideOrder | undefined => orders.use();

/** Provides what was dropped: to those that it is about already, or the request that is shown. */
export function provideDropped(files: readonly Picked[]): void {
  const shown = dropsGoTo();
  provide({ ...(orders.present() ?? { to: shown === undefined ? undefined : { ids: [shown] } }), files });
}
