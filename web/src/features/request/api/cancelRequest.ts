import { client, type Schemas } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";
import { useRequestCommand } from "@/shared/api/request/useRequestCommand";

/** Takes the request back, or brings it back to where it was. */
export function useCancelRequest(id: string) {
  return useRequestCommand(id, ({ action, ...body }: Schemas["OptionalReason"] & { action: "cancel" | "reinstate" }, key) =>
    answer(client.POST(`/api/v1/requests/{id}/${action}`, { params: { path: { id }, header: { "Idempotency-Key": key } }, body })),
  );
}
