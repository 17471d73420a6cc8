import { formatNumber } from "@/shared/lib/format";
import { ProgressLine } from "@/shared/upload/ProgressLine";
import { progressOf } from "@/shared/upload/transfers";
import { useTransfers, useWarning } from "@/shared/upload/useTransfers";
import { t } from "./messages/t";
import { transfers } from "./sending";
import { useProvidings, useUnfinished } from "./useProvidings";

/** How far what is being provided is, in a corner of whatever page is shown. */
export function ProvidingLine({ onOpen }: { onOpen: () => void }) {
  const acts = useProvidings();
  const all = useTransfers(transfers);
  const unfinished = useUnfinished(acts, all);
  const progress = progressOf(all);
  useWarning(progress.moving);
  if (acts.length === 0) return null;
  const bad = acts.some((one) => one.problem !== undefined || one.refused > 0);
  const files = acts.reduce((sum, one) => sum + one.files.length, 0);
  const text = bad
    ? t("line.refused")
    : progress.done < all.length
      ? undefined
      : unfinished.length > 0
        ? t("line.unfinished", { count: unfinished.length, n: formatNumber(unfinished.length) })
        : acts.every((one) => one.step === "done")
          ? t("line.provided", { count: files, n: formatNumber(files) })
          : t("line.giving", { count: files, n: formatNumber(files) });
  return <ProgressLine all={all} text={text} bad={bad || (all.length === 0 && unfinished.length > 0)} tip={t("line.show")} onOpen={onOpen} />;
}
