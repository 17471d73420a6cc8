import { formatNumber } from "@/shared/lib/format";
import type { Job } from "./api/getJobs";
import { t } from "./messages/t";

type Bulk = "assign" | "cancel" | "comment" | "edit" | "estimated-delivery-date" | "material-status" | "materials" | "redelivery" | "reinstate" | "responsible";

export function nameOf(job: Job): string {
  return job.kind === "import" ? t("import", { name: job.file?.name || t("unnamed") }) : t(`bulk.${job.action as Bulk}`);
}

export function phaseOf(job: Job): string {
  return t(job.phase === "Running" && job.stopping ? "phase.stopping" : `phase.${job.phase}`);
}

/** 12 opened · 3 refused. */
export function outcomeOf(job: Job): string {
  const counts = [
    ["outcome.opened", job.opened],
    ["outcome.changed", job.changed],
    ["outcome.unchanged", job.unchanged],
    ["outcome.refused", job.refused],
    ["outcome.notDone", job.not_done],
  ] as const;
  return counts.flatMap(([key, n]) => (n > 0 ? [t(key, { n: formatNumber(n) })] : [])).join(" · ");
}
