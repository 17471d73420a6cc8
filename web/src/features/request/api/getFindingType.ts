import { queryOptions } from "@tanstack/react-query";
import { client } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";

/** What a finding means and what to do about it, by the path that the finding has. */
export function findingTypeQuery(path: string) {
  const slug = path.slice(path.lastIndexOf("/") + 1);
  return queryOptions({
    queryKey: ["finding-types", slug],
    queryFn: ({ signal }) => answer(client.GET("/api/v1/inspection/finding-types/{code}", { params: { path: { code: slug } }, signal })),
    staleTime: Infinity,
  });
}
