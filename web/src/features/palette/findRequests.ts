import { queryOptions } from "@tanstack/react-query";
import { client } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";

const atMost = 8;

/** The first requests with a text in their title, or that have it as their id. */
export const foundQuery = (text: string) =>
  queryOptions({
    queryKey: ["palette", text],
    queryFn: async ({ signal }) => {
      const ask = (query: { title?: string[]; request_id?: string[] }) => answer(client.GET("/api/v1/requests", { params: { query: { ...query, status: ["All"], columns: ["title", "source_type", "language", "package_id"], limit: atMost } }, signal }));
      const [byId, byTitle] = await Promise.all([/^[\w-]+$/.test(text) ? ask({ request_id: [text] }) : undefined, ask({ title: [text] })]);
      const rows = [...(byId?.rows ?? []), ...byTitle.rows];
      return rows.filter((row, i) => rows.findIndex((other) => other.request_id === row.request_id) === i).slice(0, atMost);
    },
    enabled: text.length > 1,
    staleTime: 30_000,
  });
