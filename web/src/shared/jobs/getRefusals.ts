import { queryOptions } from "@tanstack/react-query";
import { client, type Schemas } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";

export type Refusal = Schemas["JobRefusals"]["refusals"][number];

/** What a job that has ended could not change, and why. */
export function refusalsQuery(job: string, limit: number) {
  return queryOptions({
    queryKey: ["job-refusals", job, limit],
    queryFn: ({ signal }) => answer(client.GET("/api/v1/jobs/{id}/refusals", { params: { path: { id: job }, query: { limit } }, signal })),
    staleTime: Infinity,
  });
}
