import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { client, type Schemas } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";

export type Job = Schemas["Job"];

const watchEvery = 2_000; // ms, while one of them runs
const lookEvery = 15_000; // ms: others may begin in other tabs

/** The jobs, the newest first. */
export const jobsQuery = infiniteQueryOptions({
  queryKey: ["jobs", "list"],
  queryFn: ({ signal, pageParam }) => answer(client.GET("/api/v1/jobs", { params: { query: { limit: 50, ...(pageParam === null ? {} : { cursor: pageParam }) } }, signal })),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next,
  refetchInterval: ({ state }) => (state.data?.pages.some((page) => page.jobs.some((job) => job.phase === "Running")) ? watchEvery : lookEvery),
});

export function jobQuery(id: string) {
  return queryOptions({
    queryKey: ["jobs", "one", id],
    queryFn: ({ signal }) => answer(client.GET("/api/v1/jobs/{id}", { params: { path: { id } }, signal })),
  });
}
