import { queryOptions } from "@tanstack/react-query";
import { client } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";
import { afterLatestWrite } from "@/shared/api/written";
import { ownKey } from "./keys";

export const ownAccountQuery = queryOptions({
  queryKey: [...ownKey, "own"],
  queryFn: ({ signal }) => answer(client.GET("/api/v1/account", { params: { query: { after: afterLatestWrite() } }, signal })),
});
