import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { client } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";
import { requestKey } from "@/shared/api/request/keys";
import { afterLatestWrite } from "@/shared/api/written";
import { columns } from "./requests";

/** Which requests the page shows. */
export const shows = ["awaiting", "rejected", "available"] as const;
export type Show = (typeof shows)[number];

const pageSize = 1000;

const selections = {
  awaiting: { bucket: "awaiting_materials" },
  rejected: { bucket: "awaiting_materials", "group.material_status": "Rejected" },
  available: { bucket: "materials_available" },
} as const;

/** The requests that wait for materials, or have them, most urgent first. */
export function waitingQuery(show: Show, title: string) {
  const query = { ...selections[show], title: title === "" ? undefined : [title], sort: ["due_date", "title", "source_type", "language"], columns, limit: pageSize };
  return infiniteQueryOptions({
    queryKey: ["requests", "materials", query],
    queryFn: ({ signal, pageParam }) => answer(client.GET("/api/v1/requests", { params: { query: { ...query, offset: pageParam, after: afterLatestWrite() } as never }, signal })),
    initialPageParam: 0,
    getNextPageParam: (last, pages) => (last.next === null ? undefined : pages.length * pageSize),
    placeholderData: keepPreviousData,
  });
}

/** How many requests there are to show. */
export function waitingCountsQuery(title: string) {
  const query = { group: ["material_status"], title: title === "" ? undefined : [title] };
  return queryOptions({
    queryKey: ["buckets", "materials", query],
    queryFn: async ({ signal }): Promise<Record<Show, number>> => {
      const { buckets, groups } = await answer(client.GET("/api/v1/buckets", { params: { query: { ...query, after: afterLatestWrite() } }, signal }));
      const rejected = groups?.find((one) => one.key["material_status"] === "Rejected");
      return { awaiting: buckets.awaiting_materials, rejected: rejected?.buckets.awaiting_materials ?? 0, available: buckets.materials_available };
    },
    placeholderData: keepPreviousData,
  });
}

/** Why the materials of a request were rejected: the last time that somebody said so, as its history tells it. */
export function rejectionQuery(id: string) {
  return queryOptions({
    queryKey: [...requestKey(id), "rejection"],
    queryFn: async ({ signal }) => {
      const { entries } = await answer(client.GET("/api/v1/requests/{id}/history", { params: { path: { id }, query: { after: afterLatestWrite() } }, signal }));
      return entries.find((one) => one.kind === "material_status_changed" && one.reason !== null) ?? null;
    },
  });
}
