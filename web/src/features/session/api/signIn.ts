import { useMutation, useQueryClient } from "@tanstack/react-query";
import { client, type Schemas } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";
import { enter } from "@/shared/api/session";

/** Signs in with a login and a password, or with a token. */
export function useSignIn() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas["SignIn"]) => answer(client.POST("/api/v1/session", { body })),
    onSuccess: (session) => enter(queries, session),
  });
}
