import { queryOptions } from "@tanstack/react-query";
import { client, type Schemas } from "./client";
import { answer } from "./problem";

export type IssueType = Schemas["IssueTypes"]["issue_types"][number];

/** The catalogue of what can be found wrong. */
export const issueTypesQuery = queryOptions({
  queryKey: ["issue-types"],
  queryFn: ({ signal }) => answer(client.GET("/api/v1/quality-control/issue-types", { signal })),
  staleTime: Infinity,
});
