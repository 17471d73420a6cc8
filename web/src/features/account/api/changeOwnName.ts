import { client, type Schemas } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";
import { sessionKey } from "@/shared/api/session";
import { useCommand } from "@/shared/api/useCommand";
import { ownKey } from "./keys";

export function useChangeOwnName() {
  return useCommand([ownKey, sessionKey, ["accounts"]], (body: Schemas["OwnAccountEdit"], key) =>
    answer(client.PATCH("/api/v1/account", { params: { header: { "Idempotency-Key": key } }, body })),
  );
}
