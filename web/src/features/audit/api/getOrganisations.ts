import { queryOptions } from "@tanstack/react-query";
import { client } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";

/** The organisations that one may know of. */
export const organisationsQuery = queryOptions({
  queryKey: ["organisations"],
  queryFn: ({ signal }) => answer(client.GET("/api/v1/organisations", { signal })),
  staleTime: 60_000,
});
