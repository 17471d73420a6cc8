import { client, type Schemas } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";
import { useRequestCommand } from "@/shared/api/request/useRequestCommand";

/** Refused with 412 when a field has changed since etag was read. */
export function useEditRequest(id: string, etag: string) {
  return useRequestCommand(id, (body: Schemas["EditRequest"], key) => answer(client.PATCH("/api/v1/requests/{id}", { params: { path: { id }, header: { "Idempotency-Key": key, "If-Match": etag } }, body })));
}
