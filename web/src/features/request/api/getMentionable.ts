import { queryOptions } from "@tanstack/react-query";
import { client, type Schemas } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";
import { requestKey } from "@/shared/api/request/keys";

export type Mentionable = Schemas["Mentionable"]["mentionable"][number];

/** Whom a comment on the request can mention. */
export function mentionableQuery(id: string) {
  return queryOptions({
    queryKey: [...requestKey(id), "mentionable"],
    queryFn: ({ signal }) => answer(client.GET("/api/v1/requests/{id}/mentionable", { params: { path: { id } }, signal })),
    staleTime: 60_000,
  });
}
