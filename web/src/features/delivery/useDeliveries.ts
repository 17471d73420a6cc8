import { useQueries, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo } from "react";
import { ApiProblem } from "@/shared/api/problem";
import type { Transfer } from "@/shared/upload/transfers";
import { deliveriesQuery } from "./api/getDeliveries";
import { transfers } from "./sending";
import { begun, type Delivery, type Unfinished, unfinishedOf } from "./unfinished";

const looked = 20; // requests whose deliveries are looked at, at once
const lookEvery = 1_000; // ms, while something is being checked
const lookLaterEvery = 5_000; // ms, once that takes its time
const soon = 60; // looks

/** Whether the server is still to say what came of files that were sent. */
function isPending(delivery: Delivery, sent: ReadonlySet<string>): boolean {
  if (delivery.completed_at !== null) return delivery.inspected_at === null;
  return delivery.files.some((f) => sent.has(f.id) && (f.status === "Declared" || f.status === "Uploading" || f.status === "Checking"));
}

/**
 * The deliveries that this page sends files of, by their ids, looked at until
 * there is a verdict; and what began here or belongs to the given requests and
 * has not arrived whole.
 */
export function useDeliveries(account: string, all: readonly Transfer<Unfinished>[], requests: readonly string[]): { byId: ReadonlyMap<string, Delivery>; unfinished: Unfinished[]; looking: boolean } {
  const sent = useMemo(() => new Set(all.filter((t) => t.phase === "sent").map((t) => t.file.id)), [all]);
  const here = begun.of(account);
  const ids = [...new Set([...all.filter((t) => t.phase === "sent").map((t) => t.file.request), ...requests, ...here.toReversed().map((b) => b.request)])].slice(0, looked);
  const answers = useQueries({
    queries: ids.map((id) => ({
      ...deliveriesQuery(id),
      refetchInterval: (query: { state: { data?: { deliveries: Delivery[] } | undefined; dataUpdateCount: number } }) => {
        const pending = query.state.data?.deliveries.some((d) => d.files.some((f) => sent.has(f.id)) && isPending(d, sent)) ?? false;
        return pending ? (query.state.dataUpdateCount < soon ? lookEvery : lookLaterEvery) : false;
      },
    })),
  });
  const byId = new Map<string, Delivery>();
  const unfinished: Unfinished[] = [];
  const over: string[] = [];
  const onWay = new Map(all.map((t) => [t.file.id, t.phase]));
  answers.forEach((answer, i) => {
    const request = ids[i] ?? "";
    const those = here.filter((b) => b.request === request);
    // What is gone, or another partner's by now, is nobody's here any more.
    if (answer.error instanceof ApiProblem && answer.error.problem.status === 404) over.push(...those.map((b) => b.delivery));
    for (const delivery of answer.data?.deliveries ?? []) {
      byId.set(delivery.id, delivery);
      if (delivery.completed_at !== null) over.push(...those.filter((b) => b.delivery === delivery.id).map((b) => b.delivery));
      if (!requests.includes(request) && !those.some((b) => b.delivery === delivery.id)) continue;
      unfinished.push(...unfinishedOf(request, delivery).filter((u) => !onWay.has(u.id) || (u.again && onWay.get(u.id) === "sent")));
    }
  });
  const done = over.join();
  useEffect(() => {
    if (done !== "") begun.drop(account, ...done.split(","));
  }, [account, done]);
  // What has just been sent may have been looked at before.
  const queries = useQueryClient();
  useEffect(() => {
    if (sent.size > 0) void queries.invalidateQueries({ queryKey: ["request"] });
  }, [queries, sent.size]);
  return { byId, unfinished, looking: answers.some((a) => a.isPending) };
}

/** Reads what has not arrived whole of these requests and of what began here, as it is now. */
export function useFindUnfinished(account: string, requests: readonly string[]): () => Promise<Unfinished[]> {
  const queries = useQueryClient();
  const about = requests.join();
  return useCallback(async () => {
    const here = begun.of(account);
    const ids = [...new Set([...(about === "" ? [] : about.split(",")), ...here.toReversed().map((b) => b.request)])].slice(0, looked);
    const found = await Promise.all(
      ids.map(async (id) => {
        try {
          const { deliveries } = await queries.fetchQuery({ ...deliveriesQuery(id), staleTime: 0 });
          return deliveries.filter((d) => about.split(",").includes(id) || here.some((b) => b.delivery === d.id)).flatMap((d) => unfinishedOf(id, d));
        } catch {
          return []; // as if there were none: then it is a delivery of its own
        }
      }),
    );
    const onWay = new Set(
      transfers
        .all()
        .filter((t) => t.phase !== "sent" && t.phase !== "failed")
        .map((t) => t.file.id),
    );
    return found.flat().filter((u) => !onWay.has(u.id));
  }, [queries, account, about]);
}
