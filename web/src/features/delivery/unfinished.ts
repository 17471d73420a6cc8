import type { Schemas } from "@/shared/api/client";

export type Delivery = Schemas["Deliveries"]["deliveries"][number];
export type DeliveryFile = Delivery["files"][number];

/** A declared file that has not arrived whole. A page that was loaded again has no hold of it: it has to be chosen again. */
export interface Unfinished {
  request: string;
  delivery: string;
  id: string;
  name: string;
  size: number;
  received: number;
  again: boolean; // what came was not the declared file
  problem: string | null;
  upload: NonNullable<DeliveryFile["upload"]>;
}

/** The files of a delivery that are still to be sent by the one who asks. */
export function unfinishedOf(request: string, delivery: Delivery): Unfinished[] {
  if (delivery.completed_at !== null) return [];
  return delivery.files.flatMap(({ id, name, size, received, status, problem, upload }) => (upload === null ? [] : [{ request, delivery: delivery.id, id, name, size, received, again: status === "Send Again", problem, upload }]));
}

/** A delivery that began in this browser. */
export interface Begun {
  request: string;
  delivery: string;
  /** When each file that was sent had last been changed, in ms, by its id: by that it is known again. */
  changed: Record<string, number>;
}

/** Whether a file is the very one that was sent before; without that, its rest would be put behind another one's beginning. */
export function isSame(file: Unfinished, content: Pick<File, "lastModified">, those: readonly Begun[]): boolean {
  return those.some((b) => b.delivery === file.delivery && b.changed[file.id] === content.lastModified);
}

const most = 100; // deliveries that are remembered
const keyOf = (account: string) => "backlot.deliveries." + account;

/** The deliveries that this account began in this browser and that may not be complete. */
export function begun(account: string): Begun[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(keyOf(account)) ?? "[]");
    return Array.isArray(kept) ? kept.filter((one: unknown): one is Begun => typeof one === "object" && one !== null && "request" in one && "delivery" in one && "changed" in one) : [];
  } catch {
    return []; // without storage, the request's own page still tells
  }
}

export function remember(account: string, ...those: Begun[]): void {
  keep(account, [...begun(account).filter((b) => !those.some((one) => one.delivery === b.delivery)), ...those].slice(-most));
}

export function forget(account: string, ...deliveries: string[]): void {
  keep(
    account,
    begun(account).filter((b) => !deliveries.includes(b.delivery)),
  );
}

function keep(account: string, those: Begun[]): void {
  try {
    if (those.length === 0) localStorage.removeItem(keyOf(account));
    else localStorage.setItem(keyOf(account), JSON.stringify(those));
  } catch {
    // As above.
  }
}
