import { client } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";
import { useCommand } from "@/shared/api/useCommand";
import { accountsKey } from "./keys";

export function useInviteAgain() {
  return useCommand([accountsKey], (id: string, key) =>
    answer(client.POST("/api/v1/accounts/{id}/invitation", { params: { path: { id }, header: { "Idempotency-Key": key } } })),
  );
}
