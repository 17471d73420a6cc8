import { client, type Schemas } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";
import { useRequestCommand } from "@/shared/api/request/useRequestCommand";

/** Says what will be done about an issue of quality control. */
export function useAnswerIssue(id: string, issueId: string) {
  return useRequestCommand(id, (body: Schemas["AnswerIssue"], key) =>
    answer(client.POST("/api/v1/requests/{id}/quality-control/issues/{issueId}/answer", { params: { path: { id, issueId }, header: { "Idempotency-Key": key } }, body })),
  );
}
