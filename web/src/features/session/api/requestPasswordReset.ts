import { useMutation } from "@tanstack/react-query";
import { client } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";

/** Has a link mailed to choose another password; the answer is the same for a login that nobody has. */
export function useRequestPasswordReset() {
  return useMutation({ mutationFn: (login: string) => answer(client.POST("/api/v1/session/password-reset", { body: { login } })) });
}
