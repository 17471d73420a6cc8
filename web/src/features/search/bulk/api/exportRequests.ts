import { client, type Schemas } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";
import type { Target } from "@/shared/api/request/getTargetRows";

export type Format = Schemas["ExportSelected"]["format"];

/** Asks for the file of what is chosen, in the columns and the order of the list, and has the browser keep it. */
export async function exportRequests(target: Target, format: Format, columns: string[], sort: string[]): Promise<void> {
  const chosen = "ids" in target ? { ids: target.ids } : { query: target.query, ...(target.except.length > 0 ? { except: target.except } : {}) };
  let name = `backlot-requests.${format}`;
  const asked = client.POST("/api/v1/requests/export", { body: { format, ...chosen, columns, ...(sort.length > 0 ? { sort } : {}) }, parseAs: "blob" });
  const named = asked.then((result) => {
    name = /filename="?([^";]+)"?/.exec(result.response.headers.get("Content-Disposition") ?? "")?.[1] ?? name;
    return result;
  });
  const file = (await answer(named)) as unknown as Blob;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  // The browser has taken hold of it by the next turn.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
