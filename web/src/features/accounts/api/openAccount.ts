import { client, type Schemas } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";
import { useCommand } from "@/shared/api/useCommand";
import { accountsKey } from "./keys";

export type Invitation = Schemas["Invitation"];

export function useOpenAccount() {
  return useCommand([accountsKey], (body: Schemas["Newcomer"], key) => answer(client.POST("/api/v1/accounts", { params: { header: { "Idempotency-Key": key } }, body })));
}
