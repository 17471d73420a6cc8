import type { Schemas } from "@/shared/api/client";
import { Remembered } from "@/shared/lib/remembered";

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

/** The deliveries that accounts began in this browser and that may not be complete; the request's own page tells too. */
export const begun = new Remembered<Begun>("backlot.deliveries.", (one) => one.delivery, ["request", "delivery", "changed"], 100);
