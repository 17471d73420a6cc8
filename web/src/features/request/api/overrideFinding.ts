import { client } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";
import { useRequestCommand } from "@/shared/api/request/useRequestCommand";

/** Accepts a finding of a delivery as it is. */
export function useOverrideFinding(id: string, deliveryId: string, findingId: string) {
  return useRequestCommand(id, (body: { reason: string }, key) =>
    answer(client.POST("/api/v1/requests/{id}/deliveries/{deliveryId}/findings/{findingId}/override", { params: { path: { id, deliveryId, findingId }, header: { "Idempotency-Key": key } }, body })),
  );
}
