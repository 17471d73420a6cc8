import { useMutation, useQueryClient } from "@tanstack/react-query";
import { client } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";
import { sessionKey } from "@/shared/api/session";

export function useSignIn() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (token: string) => answer(client.POST("/api/v1/session", { body: { token } })),
    onSuccess: (session) => {
      // Another account sees other things: nothing of the one before is kept.
      queries.removeQueries({ predicate: (query) => query.queryKey[0] !== sessionKey[0] });
      queries.setQueryData(sessionKey, session);
    },
  });
}
