import { client, type Schemas } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";
import { sessionKey } from "@/shared/api/session";
import { useCommand } from "@/shared/api/useCommand";
import { accountsKey } from "./keys";

export type AccountEdit = Schemas["AccountEdit"];

export function useChangeAccount(id: string) {
  // It may be one's own, which the session and the page of one's account show too.
  return useCommand([accountsKey, ["account"], sessionKey], (body: AccountEdit, key) =>
    answer(client.PATCH("/api/v1/accounts/{id}", { params: { path: { id }, header: { "Idempotency-Key": key } }, body })),
  );
}
