import { client, type Schemas } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";
import { useCommand } from "@/shared/api/useCommand";
import { tokensKey } from "./keys";

export function useIssueToken() {
  return useCommand([tokensKey], (body: Schemas["TokenRequest"], key) =>
    answer(client.POST("/api/v1/account/tokens", { params: { header: { "Idempotency-Key": key } }, body })),
  );
}
