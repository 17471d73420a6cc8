import { queryOptions } from "@tanstack/react-query";
import { client } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";
import { afterLatestWrite } from "@/shared/api/written";

/** The organisations that one may know of. */
export const partnersQuery = queryOptions({
  queryKey: ["organisations"],
  queryFn: ({ signal }) => answer(client.GET("/api/v1/organisations", { params: { query: { after: afterLatestWrite() } }, signal })),
});
