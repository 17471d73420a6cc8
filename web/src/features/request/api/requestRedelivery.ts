import { client, type Schemas } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";
import { useRequestCommand } from "@/shared/api/request/useRequestCommand";

export function useRequestRedelivery(id: string) {
  return useRequestCommand(id, (body: Schemas["RequestRedelivery"], key) => answer(client.POST("/api/v1/requests/{id}/redelivery", { params: { path: { id }, header: { "Idempotency-Key": key } }, body })));
}
