import { client, type Schemas } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";
import { useCommand } from "@/shared/api/useCommand";

export function useUpgradeRequest(id: string) {
  return useCommand([["request", id], ["requests"], ["buckets"], ["values"]], (body: Schemas["UpgradeRequest"], key) =>
    answer(client.POST("/api/v1/requests/{id}/upgrade", { params: { path: { id }, header: { "Idempotency-Key": key } }, body })),
  );
}
