import { queryOptions } from "@tanstack/react-query";
import { client } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";
import { afterLatestWrite } from "@/shared/api/written";

/** Requests of a title that have unresolved issues. */
export function sameTitleQuery(movie: string) {
  const query = { movie_id: [movie], issues: ["Has issues"], status: ["All"], columns: ["request_id", "source_type", "language", "issues"], limit: 20 };
  return queryOptions({
    queryKey: ["requests", "same-title", query],
    queryFn: ({ signal }) => answer(client.GET("/api/v1/requests", { params: { query: { ...query, after: afterLatestWrite() } as never }, signal })),
  });
}
