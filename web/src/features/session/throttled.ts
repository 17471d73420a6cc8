import { useMemo } from "react";
import { ApiProblem, sentence } from "@/shared/api/problem";
import { formatWait, useSecondsUntil } from "@/shared/lib/wait";
import { t } from "./messages/t";

interface Tried {
  error: unknown;
  submittedAt: number; // ms
}

/** What became of an attempt, how long to wait for the next, and what the button says meanwhile. */
export function useThrottled({ error, submittedAt }: Tried, label: string): { fault: string | undefined; label: string; waiting: boolean } {
  const wait = error instanceof ApiProblem && error.problem.code === "throttled" ? error.retryAfter : undefined; // seconds
  // The clock starts with the answer, which is when the error is new.
  const until = useMemo(() => (wait === undefined ? undefined : Date.now() + wait * 1000), [wait, submittedAt]);
  const left = useSecondsUntil(until);
  if (wait === undefined) return { fault: error === null ? undefined : sentence(error), label, waiting: false };
  return left > 0
    ? { fault: t("throttled.fault", { time: formatWait(wait) }), label: t("throttled.button", { time: formatWait(left) }), waiting: true }
    : { fault: undefined, label, waiting: false };
}
