import { client } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";
import type { Refusal } from "@/shared/jobs/getRefusals";

const page = 10_000; // that an answer holds

/** Everything that a job refused and has the reason of. */
export async function allRefusals(job: string): Promise<Refusal[]> {
  const all: Refusal[] = [];
  for (let offset: number | null = 0; offset !== null; ) {
    const found: { refusals: Refusal[]; next: number | null } = await answer(client.GET("/api/v1/jobs/{id}/refusals", { params: { path: { id: job }, query: { limit: page, offset } } }));
    all.push(...found.refusals);
    offset = found.next;
  }
  return all;
}
