import { client } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";

/** Ends a job as it is; what was done stays. */
export function stopJob(id: string, key: string) {
  return answer(client.POST("/api/v1/jobs/{id}/stop", { params: { path: { id }, header: { "Idempotency-Key": key } }, body: {} }));
}
