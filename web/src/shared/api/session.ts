import { type QueryClient, queryOptions } from "@tanstack/react-query";
import { client, type Schemas } from "./client";
import { answer } from "./problem";

export type Session = Schemas["Session"];

export const sessionKey = ["session"] as const;

/** Who is asking. It is an answer, not an error, that nobody is signed in. */
export const sessionQuery = queryOptions({
  queryKey: sessionKey,
  queryFn: ({ signal }) => answer(client.GET("/api/v1/session", { signal })),
  staleTime: 60_000,
});

/** Another account sees other things: nothing of the one before is kept. */
export function enter(queries: QueryClient, session: Session): void {
  forget(queries);
  queries.setQueryData(sessionKey, session);
}

/** After signing out, the server says what a stranger may see. */
export async function leave(queries: QueryClient): Promise<void> {
  forget(queries);
  await queries.resetQueries({ queryKey: sessionKey });
}

function forget(queries: QueryClient): void {
  queries.removeQueries({ predicate: (query) => query.queryKey[0] !== sessionKey[0] });
}
