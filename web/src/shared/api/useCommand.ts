import { type QueryKey, useMutation, useQueryClient } from "@tanstack/react-query";
import { useIntent } from "./intent";
import { noteWrite } from "./written";

/**
 * Gives a command: with one key for all attempts at one intent, and then with
 * every read below the given keys made again, after the command's position.
 */
export function useCommand<Body, Outcome extends object>(touched: readonly QueryKey[], send: (body: Body, key: string) => Promise<Outcome>) {
  const intent = useIntent();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: Body) => send(body, intent.keyFor(body)),
    onSuccess: (outcome) => {
      intent.settle();
      if ("position" in outcome && typeof outcome.position === "string") noteWrite(outcome.position);
      return Promise.all(touched.map((queryKey) => queries.invalidateQueries({ queryKey })));
    },
  });
}
