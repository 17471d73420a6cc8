import { client, type Schemas } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";
import { useRequestCommand } from "@/shared/api/request/useRequestCommand";

export function useAddComment(id: string) {
  return useRequestCommand(id, (body: Schemas["AddComment"], key) =>
    answer(client.POST("/api/v1/requests/{id}/comments", { params: { path: { id }, header: { "Idempotency-Key": key } }, body })),
  );
}
