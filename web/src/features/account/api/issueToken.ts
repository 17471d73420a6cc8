import { client, type Schemas } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";
import { useCommand } from "@/shared/api/useCommand";
import { tokensKey } from "./keys";

type TokenRequest = Schemas["TokenRequest"];

export function useIssueToken() {
  return useCommand([tokensKey], (body: Pick<TokenRequest, "label"> & Partial<TokenRequest>, key) =>
    // The generated type wants the days, which have a default.
    answer(client.POST("/api/v1/account/tokens", { params: { header: { "Idempotency-Key": key } }, body: body as TokenRequest })),
  );
}
