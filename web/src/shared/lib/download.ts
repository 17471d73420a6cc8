import { client } from "@/shared/api/client";
import { answer, sentence } from "@/shared/api/problem";
import { afterLatestWrite } from "@/shared/api/written";
import { t } from "@/shared/i18n/t";
import { say } from "./notice";

/** Has the browser fetch a file of this server beside the page. */
export function fetchFile(href: string): void {
  const link = document.createElement("a");
  link.href = href;
  link.download = "";
  link.click();
}

/** Fetches what there is to work from: the one file, or all of them in an archive. */
export async function downloadMaterials(id: string): Promise<void> {
  try {
    const { materials } = await answer(client.GET("/api/v1/requests/{id}/materials", { params: { path: { id }, query: { after: afterLatestWrite() } } }));
    const active = materials.filter((m) => m.state === "Active");
    const [first] = active;
    if (first === undefined) say(t("materials.noneOf", { id }));
    else fetchFile(active.length === 1 ? first.content : `/api/v1/requests/${encodeURIComponent(id)}/materials.zip`);
  } catch (failure) {
    say(sentence(failure));
  }
}
