import { queryOptions } from "@tanstack/react-query";
import { client, type Schemas } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";
import { afterLatestWrite } from "@/shared/api/written";
import { requestKey } from "./keys";

export type Materials = Schemas["Materials"];

/** The files to work from. */
export function materialsQuery(id: string) {
  return queryOptions({
    queryKey: [...requestKey(id), "materials"],
    queryFn: ({ signal }) => answer(client.GET("/api/v1/requests/{id}/materials", { params: { path: { id }, query: { after: afterLatestWrite() } }, signal })),
  });
}
