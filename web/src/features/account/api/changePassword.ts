import { useMutation, useQueryClient } from "@tanstack/react-query";
import { client, type Schemas } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";
import { sessionKey } from "@/shared/api/session";

/** Sets another password; the session that goes on is a new one. */
export function useChangePassword() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas["PasswordChange"]) => answer(client.POST("/api/v1/account/password", { body })),
    onSuccess: (session) => queries.setQueryData(sessionKey, session),
    retry: false, // after the first time, the present password is another one
  });
}
