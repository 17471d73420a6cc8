import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { client, type Schemas } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";
import { afterLatestWrite } from "@/shared/api/written";
import { accountsKey } from "./keys";

export type Account = Schemas["Account"];

/** The accounts that one may know of, with a text in the name, the address or the organisation's name. */
export function accountsQuery(q: string) {
  return queryOptions({
    queryKey: [...accountsKey, q],
    queryFn: ({ signal }) => answer(client.GET("/api/v1/accounts", { params: { query: { q: q === "" ? undefined : q, after: afterLatestWrite() } }, signal })),
    placeholderData: keepPreviousData,
  });
}
