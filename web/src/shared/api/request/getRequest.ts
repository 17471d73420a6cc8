import { queryOptions } from "@tanstack/react-query";
import { client, type Schemas } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";
import { afterLatestWrite } from "@/shared/api/written";
import { requestKey } from "./keys";

export type Details = Schemas["Details"];

/** The request, why it is where it is, and what may be done with it. */
export function requestQuery(id: string) {
  return queryOptions({
    queryKey: [...requestKey(id), "details"],
    queryFn: ({ signal }) => answer(client.GET("/api/v1/requests/{id}", { params: { path: { id }, query: { after: afterLatestWrite() } }, signal })),
  });
}
