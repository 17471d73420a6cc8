import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { ApiProblem } from "@/shared/api/problem";
import { sessionKey } from "@/shared/api/session";

/** Whether to ask again: what passes by itself is worth waiting for, a refusal is not. */
export function worthRetrying(failures: number, error: unknown): boolean {
  if (error instanceof ApiProblem) return error.passes && failures < 3;
  return failures < 2;
}

/** Milliseconds to wait: what the server says, or longer each time. */
export function retryDelay(failures: number, error: unknown): number {
  if (error instanceof ApiProblem && error.retryAfter !== undefined) return Math.min(error.retryAfter, 10) * 1000;
  return Math.min(500 * 2 ** failures, 4000);
}

export function newQueryClient(): QueryClient {
  // A session that ended shows the sign-in page in place; the URL stays.
  const onError = (error: unknown) => {
    if (error instanceof ApiProblem && error.problem.code === "unauthenticated") void queries.invalidateQueries({ queryKey: sessionKey });
  };
  const queries = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: { staleTime: 5_000, retry: worthRetrying, retryDelay },
      // Safe for commands, because every attempt carries the same Idempotency-Key.
      mutations: { retry: worthRetrying, retryDelay },
    },
  });
  return queries;
}
