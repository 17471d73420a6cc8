import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import type { Schemas } from "@/shared/api/client";
import { noteWrite } from "@/shared/api/written";

type Job = Schemas["Job"];

/** Follows a job until it ends; then everything that may show it is read anew, after it. */
export function useWatch({ id, phase }: Pick<Job, "id" | "phase">, onProgress: (job: Job) => void): void {
  const queries = useQueryClient();
  const running = phase === "Running";
  const told = useRef(onProgress);
  told.current = onProgress;
  useEffect(() => {
    if (!running) return;
    const events = new EventSource(`/api/v1/jobs/${encodeURIComponent(id)}/events`);
    events.addEventListener("progress", (event) => {
      const job = JSON.parse((event as MessageEvent<string>).data) as Job;
      if (job.phase !== "Running") {
        events.close();
        noteWrite(job.position);
        for (const key of ["requests", "buckets", "values", "request", "organisations"]) void queries.invalidateQueries({ queryKey: [key] });
      }
      told.current(job);
    });
    return () => events.close();
  }, [id, running, queries]);
}
