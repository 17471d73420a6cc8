import { queryOptions } from "@tanstack/react-query";
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
