import { useMutation, useQueryClient } from "@tanstack/react-query";
import { client, type Schemas } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";
import { enter } from "@/shared/api/session";

export function useAcceptInvitation() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas["AcceptInvitation"]) => answer(client.POST("/api/v1/session/invitation", { body })),
    onSuccess: (session) => enter(queries, session),
    retry: false, // the link serves once
  });
}
