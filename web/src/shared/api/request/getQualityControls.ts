import { queryOptions } from "@tanstack/react-query";
import { client, type Schemas } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";
import { afterLatestWrite } from "@/shared/api/written";
import { requestKey } from "./keys";

export type QualityControls = Schemas["QualityControls"];

/** The results of quality control with their issues. */
export function qualityControlsQuery(id: string) {
  return queryOptions({
    queryKey: [...requestKey(id), "quality-control"],
    queryFn: ({ signal }) => answer(client.GET("/api/v1/requests/{id}/quality-control", { params: { path: { id }, query: { after: afterLatestWrite() } }, signal })),
  });
}
