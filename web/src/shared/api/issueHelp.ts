import { queryOptions } from "@tanstack/react-query";
import { client } from "./client";
import { answer } from "./problem";

/** The help article of a type of issue, by its code or the last part of its path. */
export function issueHelpQuery(code: string) {
  return queryOptions({
    queryKey: ["issue-types", code],
    queryFn: ({ signal }) => answer(client.GET("/api/v1/quality-control/issue-types/{code}", { params: { path: { code } }, signal })),
    staleTime: Infinity,
  });
}

/** The page of the article that an issue's path leads to. */
export function issueHelpPage(path: string): string {
  return "/help/issues/" + path.slice(path.lastIndexOf("/") + 1);
}
