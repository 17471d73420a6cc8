import { queryOptions } from "@tanstack/react-query";
import { client, type Schemas } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";
import { afterLatestWrite } from "@/shared/api/written";
import { organisationsKey } from "./keys";

export type Organisation = Schemas["Organisations"]["organisations"][number];

export const organisationsQuery = queryOptions({
  queryKey: organisationsKey,
  queryFn: ({ signal }) => answer(client.GET("/api/v1/organisations", { params: { query: { after: afterLatestWrite() } }, signal })),
});
