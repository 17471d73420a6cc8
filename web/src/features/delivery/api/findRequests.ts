import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { client } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";
import { afterLatestWrite } from "@/shared/api/written";
import type { Destination } from "../matching";

const columns = ["title", "language", "source_type", "status", "material_status"];
const named = 200; // ids that a URL has room for
const listed = 20;

async function ask(query: Record<string, unknown>, signal: AbortSignal): Promise<Destination[]> {
  const whole = { columns, ...query, after: afterLatestWrite() };
  const { rows } = await answer(client.GET("/api/v1/requests", { params: { query: whole as never }, signal }));
  return rows.map(({ request_id, title, language, source_type, status, material_status }) => ({ request_id, title: title ?? request_id, language, source_type, status, material_status }));
}

/** The requests that files go to. */
export function destinationsQuery(ids: readonly string[]) {
  return queryOptions({
    queryKey: ["destinations", ids],
    queryFn: async ({ signal }) => {
      const found: Destination[] = [];
      for (let i = 0; i < ids.length; i += named) found.push(...(await ask({ request_id: ids.slice(i, i + named), status: ["All"], limit: named }, signal)));
      return found;
    },
    enabled: ids.length > 0,
    placeholderData: keepPreviousData,
  });
}

/** Requests that take deliveries, by words of their title or by their id. */
export function searchQuery(text: string) {
  const typed = text.trim();
  return queryOptions({
    queryKey: ["destinations", "search", typed],
    queryFn: async ({ signal }) => {
      const accepting = { status: ["Open", "Redelivery Requested"], sort: ["due_date"], limit: listed };
      const byId = /^[A-Za-z0-9._-]{1,32}$/.test(typed) ? ask({ request_id: [typed], ...accepting }, signal) : Promise.resolve([]);
      const both = (await Promise.all([byId, ask({ title: [typed], ...accepting }, signal)])).flat();
      return both.filter((one, i) => both.findIndex((other) => other.request_id === one.request_id) === i);
    },
    enabled: typed.length >= 2,
    placeholderData: keepPreviousData,
  });
}
