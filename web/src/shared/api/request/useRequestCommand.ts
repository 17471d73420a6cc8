import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Schemas } from "@/shared/api/client";
import { useIntent } from "@/shared/api/intent";
import { noteWrite } from "@/shared/api/written";
import { requestKey } from "./keys";

export type Outcome = Schemas["Outcome"];

/**
 * Gives a command to a request: with one key for all attempts at one intent,
 * and then with every read that shows the request made again, after the
 * command's position.
 */
export function useRequestCommand<Body>(id: string, send: (body: Body, key: string) => Promise<Outcome>) {
  const intent = useIntent();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: Body) => send(body, intent.keyFor(body)),
    onSuccess: (outcome) => {
      intent.settle();
      noteWrite(outcome.position);
      void queries.invalidateQueries({ queryKey: ["requests"] });
      void queries.invalidateQueries({ queryKey: ["buckets"] });
      return queries.invalidateQueries({ queryKey: requestKey(id) });
    },
  });
}
