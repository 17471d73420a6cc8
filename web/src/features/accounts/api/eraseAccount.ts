import { client } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";
import { useCommand } from "@/shared/api/useCommand";
import { accountsKey } from "./keys";

export function useEraseAccount() {
  return useCommand([accountsKey], (id: string, key) => answer(client.DELETE("/api/v1/accounts/{id}", { params: { path: { id }, header: { "Idempotency-Key": key } } })));
}
