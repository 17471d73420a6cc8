import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { client } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";
import { getTargetRows, type Target } from "@/shared/api/request/getTargetRows";
import { afterLatestWrite } from "@/shared/api/written";

/** Requests that can be given materials in one act. */
export const mostRequests = 5_000;

export const columns = ["request_id", "package_id", "movie_id", "title", "source_type", "language", "due_date", "status", "material_status", "fulfillment_partner"];

// What somebody looks at when they provide stays as it was, also when requests
// that have their materials leave the selection: it is read once for each dialog.
const once = { staleTime: Infinity, gcTime: 0 };

/** The requests that somebody provides materials for, most urgent first; null where they are too many. */
export function targetQuery(target: Target | undefined) {
  return queryOptions({
    ...once,
    queryKey: ["provide", target],
    queryFn: async () => (target === undefined ? [] : ((await getTargetRows(target, columns, mostRequests, ["due_date"])) ?? null)),
    enabled: target !== undefined,
  });
}

/** The open requests of a package. */
export function packageQuery(id: string | undefined) {
  return queryOptions({
    ...once,
    queryKey: ["provide", "package", id],
    queryFn: async () => (await getTargetRows({ query: new URLSearchParams({ package_id: id ?? "", bucket: "requests" }).toString(), except: [] }, columns, mostRequests, ["due_date"])) ?? [],
    enabled: id !== undefined,
  });
}

const listed = 300;

/** Open requests of titles that have these words, or those that wait for materials, most urgent first. */
export function titlesQuery(text: string) {
  const query = { ...(text === "" ? { bucket: "awaiting_materials" as const } : { title: [text], bucket: "requests" as const }), columns: ["request_id", "package_id", "title", "due_date"], sort: ["due_date"], limit: listed };
  return queryOptions({
    queryKey: ["requests", "provide", "titles", text],
    queryFn: async ({ signal }) => (await answer(client.GET("/api/v1/requests", { params: { query: { ...query, after: afterLatestWrite() } as never }, signal }))).rows,
    placeholderData: keepPreviousData,
  });
}
