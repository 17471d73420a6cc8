import { queryOptions } from "@tanstack/react-query";
import { client } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";

/** The people that one may know of. */
export const peopleQuery = queryOptions({
  queryKey: ["accounts", "all"],
  queryFn: ({ signal }) => answer(client.GET("/api/v1/accounts", { signal })),
  staleTime: 60_000,
});
