import { client } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";
import { useCommand } from "@/shared/api/useCommand";
import { tokensKey } from "./keys";

export function useRevokeToken() {
  return useCommand([tokensKey], (id: string, key) => answer(client.DELETE("/api/v1/account/tokens/{id}", { params: { path: { id }, header: { "Idempotency-Key": key } } })));
}
