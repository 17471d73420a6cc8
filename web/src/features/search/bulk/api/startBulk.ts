import { useMutation } from "@tanstack/react-query";
import { client, type Schemas } from "@/shared/api/client";
import { useIntent } from "@/shared/api/intent";
import { answer } from "@/shared/api/problem";
import { afterLatestWrite } from "@/shared/api/written";
import type { Action } from "../actions";

export type Job = Schemas["Job"];

/** What an action takes beside the requests that it is about. */
export type Order = Record<string, unknown> & ({ ids: string[] } | { query: string; except?: string[] } | { rows: { request_id: string; date: string }[] });

/** Begins a job over many requests: with one key for all attempts at one intent. */
export async function startBulk(action: Action, order: Order, key: string): Promise<Job> {
  const params = { header: { "Idempotency-Key": key }, query: { after: afterLatestWrite() } };
  // The routes differ in their bodies only, which the forms make.
  return answer(client.POST(`/api/v1/bulk/${action}` as "/api/v1/bulk/comment", { params, body: order as unknown as Schemas["BulkComment"] }));
}

export function useStartBulk(action: Action) {
  const intent = useIntent();
  return useMutation({
    mutationFn: (order: Order) => startBulk(action, order, intent.keyFor(order)),
    onSuccess: () => intent.settle(),
  });
}
