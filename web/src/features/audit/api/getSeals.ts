import { infiniteQueryOptions } from "@tanstack/react-query";
import { client, type Schemas } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";
import { sealsKey } from "./keys";

export type Seal = Schemas["Seal"];

const shown = 50; // seals at a time

/** The seals over the log, newest first. */
export const sealsQuery = infiniteQueryOptions({
  queryKey: sealsKey,
  queryFn: ({ pageParam: from, signal }) => answer(client.GET("/api/v1/audit/seals", { params: { query: { newest: true, limit: shown, from } }, signal })),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (last: Schemas["Seals"]) => last.next ?? undefined,
});
