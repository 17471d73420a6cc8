import { client, type Schemas } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";
import { useCommand } from "@/shared/api/useCommand";

export function useOpenRequest() {
  return useCommand([["requests"], ["buckets"], ["values"]], (body: Schemas["OpenRequest"], key) => answer(client.POST("/api/v1/requests", { params: { header: { "Idempotency-Key": key } }, body })));
}
