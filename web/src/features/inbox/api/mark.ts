import { client } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";
import { useCommand } from "@/shared/api/useCommand";
import { inboxKey } from "./keys";

interface Mark {
  id: string;
  read: boolean;
}

/** Notes of one notification whether it was read. */
export function useMark() {
  return useCommand([inboxKey], ({ id, read }: Mark, key) => {
    const params = { path: { id }, header: { "Idempotency-Key": key } };
    return answer(read ? client.POST("/api/v1/inbox/{id}/read", { params }) : client.POST("/api/v1/inbox/{id}/unread", { params }));
  });
}

/** Notes of one notification and all before it that they were read. */
export function useMarkUpTo() {
  return useCommand([inboxKey], ({ id }: { id: string }, key) => answer(client.POST("/api/v1/inbox/read", { params: { header: { "Idempotency-Key": key } }, body: { up_to: id } })));
}
