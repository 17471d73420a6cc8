import { client } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";
import { useCommand } from "@/shared/api/useCommand";
import { sealsKey } from "./keys";

/** Seals what is in the log now. */
export function useSealLog() {
  return useCommand([sealsKey], (_: void, key) => answer(client.POST("/api/v1/audit/seals", { params: { header: { "Idempotency-Key": key } } })));
}
