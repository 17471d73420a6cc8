import { client, type Schemas } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";
import { afterLatestWrite } from "@/shared/api/written";
import { listQuery, type RowsAsked } from "./getRequests";

const most = 1000; // rows that an answer holds

/** The ids of rows of a list, by their places in it: of those that a range passes and nobody has looked at. */
export async function getRequestIds(asked: RowsAsked, first: number, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let offset = first; offset < first + count; offset += most) {
    const query = { ...listQuery(asked), columns: ["request_id"], limit: Math.min(most, first + count - offset), offset, after: afterLatestWrite() };
    const page: Schemas["RowPage"] = await answer(client.GET("/api/v1/requests", { params: { query } }));
    ids.push(...page.rows.map((row) => row.request_id));
    if (page.next === null) break;
  }
  return ids;
}
