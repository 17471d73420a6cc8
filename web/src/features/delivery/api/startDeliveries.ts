import { client, type Schemas } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";
import { useCommand } from "@/shared/api/useCommand";

export type Started = Schemas["DeliveryOutcomes"]["outcomes"][number];

/** Declares the files of deliveries, of each request one; each has an outcome of its own. */
export function useStartDeliveries() {
  return useCommand([["request"]], (deliveries: Schemas["StartDeliveries"]["deliveries"], key) => answer(client.POST("/api/v1/deliveries", { params: { header: { "Idempotency-Key": key } }, body: { deliveries } })));
}
