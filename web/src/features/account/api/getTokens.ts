import { queryOptions } from "@tanstack/react-query";
import { client, type Schemas } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";
import { afterLatestWrite } from "@/shared/api/written";
import { tokensKey } from "./keys";

export type Token = Schemas["Tokens"]["tokens"][number];

export const tokensQuery = queryOptions({
  queryKey: tokensKey,
  queryFn: ({ signal }) => answer(client.GET("/api/v1/account/tokens", { params: { query: { after: afterLatestWrite() } }, signal })),
});
