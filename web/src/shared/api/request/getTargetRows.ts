import { client, type Schemas } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";
import { afterLatestWrite } from "@/shared/api/written";

const page = 1000; // rows that an answer holds
const named = 200; // ids that a URL has room for

type Row = Schemas["Row"];

/** Which requests something is about, as the API takes it. */
export type Target = { ids: string[] } | { query: string; except: string[] };

/** The rows that a target is about, with some of their columns; undefined if they are more than most. Up to 200 ids are in the order of sort. */
export async function getTargetRows(target: Target, columns: string[], most: number, sort: string[] = []): Promise<Row[] | undefined> {
  const rows: Row[] = [];
  const how = { columns, limit: page, ...(sort.length > 0 ? { sort } : {}) };
  if ("ids" in target) {
    if (target.ids.length > most) return undefined;
    for (let i = 0; i < target.ids.length; i += named) {
      // Cancelled ones are named as well as the others.
      const query = { request_id: target.ids.slice(i, i + named), status: ["All"], ...how, after: afterLatestWrite() };
      rows.push(...(await answer(client.GET("/api/v1/requests", { params: { query: query as never } }))).rows);
    }
    return rows;
  }
  const except = new Set(target.except);
  const asked: Record<string, string[]> = {};
  for (const [name, value] of new URLSearchParams(target.query)) asked[name] = [...(asked[name] ?? []), value];
  for (let offset = 0; ; offset += page) {
    const query = { ...asked, ...how, offset, after: afterLatestWrite() };
    const answered = await answer(client.GET("/api/v1/requests", { params: { query: query as never } }));
    if (answered.total - except.size > most) return undefined;
    rows.push(...answered.rows.filter((row) => !except.has(row.request_id)));
    if (answered.next === null) return rows;
  }
}
