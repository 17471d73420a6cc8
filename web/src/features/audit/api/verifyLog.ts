import { skipToken, useIsMutating, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { client, type Schemas } from "@/shared/api/client";
import { useIntent } from "@/shared/api/intent";
import { answer } from "@/shared/api/problem";
import { sealsKey } from "./keys";

/** What a verification found, and when. */
export interface Verified {
  report: Schemas["IntegrityReport"];
  deep: boolean;
  at: string; // RFC 3339
}

const verifyKey = ["verify"] as const;

/** Verifies the whole log. It takes a while, so it goes on, and its result stays, when the page is left. */
export function useVerifyLog() {
  const intent = useIntent();
  const queries = useQueryClient();
  const running = useIsMutating({ mutationKey: verifyKey }) > 0;
  const last = useQuery<Verified>({ queryKey: verifyKey, queryFn: skipToken, staleTime: Number.POSITIVE_INFINITY, gcTime: Number.POSITIVE_INFINITY });
  const verify = useMutation({
    mutationKey: verifyKey,
    mutationFn: async (body: { deep: boolean }): Promise<Verified> => {
      const report = await answer(client.POST("/api/v1/audit/verify", { params: { header: { "Idempotency-Key": intent.keyFor(body) } }, body }));
      return { report, deep: body.deep, at: new Date().toISOString() };
    },
    onSuccess: (verified) => {
      intent.settle();
      queries.setQueryData(verifyKey, verified);
      void queries.invalidateQueries({ queryKey: sealsKey });
    },
  });
  return { verify, running, last: last.data };
}
