import { queryOptions } from "@tanstack/react-query";
import { client } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";
import { afterLatestWrite } from "@/shared/api/written";

/** The people that one may know of. */
export const colleaguesQuery = queryOptions({
  queryKey: ["accounts", "all"],
  queryFn: ({ signal }) => answer(client.GET("/api/v1/accounts", { params: { query: { after: afterLatestWrite() } }, signal })),
});
