import { client } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";
import { afterLatestWrite } from "@/shared/api/written";
import type { Match } from "../matching";

const most = 500; // files that a question may hold

/** Which requests files belong to by their names, in their order. */
export async function matchFiles(files: readonly { name: string; size: number }[]): Promise<Match[]> {
  const found: Match[] = [];
  for (let i = 0; i < files.length; i += most) {
    const asked = files.slice(i, i + most).map(({ name, size }) => ({ name: name.slice(0, 300), size }));
    found.push(...(await answer(client.POST("/api/v1/deliveries/match", { params: { query: { after: afterLatestWrite() } }, body: { files: asked } }))).files);
  }
  return found;
}
