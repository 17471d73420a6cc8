import { client } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";
import { afterLatestWrite, noteWrite } from "@/shared/api/written";
import type { MaterialKind } from "../kinds";
import type { Answered, MaterialStatus } from "../providings";

/** Gives one request, or several of them by a job, files that were sent. */
export async function giveMaterials(requests: readonly string[], given: readonly { id: string; kind: MaterialKind }[], key: string): Promise<Answered> {
  const files = given.map(({ id, kind }) => ({ file_id: id, kind }));
  const header = { "Idempotency-Key": key };
  const [id] = requests;
  if (requests.length === 1 && id !== undefined) {
    const { changed, position } = await answer(client.POST("/api/v1/requests/{id}/materials", { params: { path: { id }, header }, body: { files } }));
    noteWrite(position);
    return { changed };
  }
  return { job: await answer(client.POST("/api/v1/bulk/materials", { params: { header, query: { after: afterLatestWrite() } }, body: { ids: [...requests], files } })) };
}

/** Says how the materials of those requests are now. */
export async function changeStatus(requests: readonly string[], status: MaterialStatus, key: string): Promise<Answered> {
  const header = { "Idempotency-Key": key };
  const body = { material_status: status };
  const [id] = requests;
  if (requests.length === 1 && id !== undefined) {
    const { changed, position } = await answer(client.POST("/api/v1/requests/{id}/material-status", { params: { path: { id }, header }, body }));
    noteWrite(position);
    return { changed };
  }
  return { job: await answer(client.POST("/api/v1/bulk/material-status", { params: { header, query: { after: afterLatestWrite() } }, body: { ids: [...requests], ...body } })) };
}
