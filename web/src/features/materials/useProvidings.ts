import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useSyncExternalStore } from "react";
import { type Providing, type Sent } from "./providings";
import { providings } from "./sending";
import type { Transfer } from "@/shared/upload/transfers";

/** What this page provides. Whatever shows the requests is read anew when they have it. */
export function useProvidings(): readonly Providing[] {
  const all = useSyncExternalStore(providings.subscribe, providings.all);
  const queries = useQueryClient();
  const given = all.filter((one) => one.changed > 0).length + all.filter((one) => one.step === "done").length;
  useEffect(() => {
    if (given > 0) for (const key of ["requests", "buckets", "values", "request"]) void queries.invalidateQueries({ queryKey: [key] });
  }, [given, queries]);
  return all;
}

/** The files that have not arrived whole and that this page does not send. */
export function useUnfinished(all: readonly Providing[], sending: readonly Transfer<Sent>[]): Sent[] {
  // oxlint-disable-next-line react/exhaustive-deps -- they say when to look again
  return useMemo(() => providings.unfinished(), [all, sending]);
}
