import { client, type Schemas } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";
import { useRequestCommand } from "@/shared/api/request/useRequestCommand";

export type Result = Schemas["RecordQualityControl"];

/** Enters the result of a check of the latest delivery. */
export function useRecordQualityControl(id: string) {
  return useRequestCommand(id, (body: Result, key) => answer(client.POST("/api/v1/requests/{id}/quality-control", { params: { path: { id }, header: { "Idempotency-Key": key } }, body })));
}
