import { queryOptions } from "@tanstack/react-query";
import { client } from "./client";
import { answer } from "./problem";

/** The catalogue of what inspection can find wrong. */
export const findingTypesQuery = queryOptions({
  queryKey: ["finding-types"],
  queryFn: ({ signal }) => answer(client.GET("/api/v1/inspection/finding-types", { signal })),
  staleTime: Infinity,
});

/** What a finding means and what to do about it, by its code or the path that the finding has. */
export function findingTypeQuery(path: string) {
  const slug = path.slice(path.lastIndexOf("/") + 1);
  return queryOptions({
    queryKey: ["finding-types", slug],
    queryFn: ({ signal }) => answer(client.GET("/api/v1/inspection/finding-types/{code}", { params: { path: { code: slug } }, signal })),
    staleTime: Infinity,
  });
}

/** The page of the article that a finding's path leads to. */
export function findingHelpPage(path: string): string {
  return "/help/findings/" + path.slice(path.lastIndexOf("/") + 1);
}
