import { t } from "@/shared/i18n/t";
import { formatNumber } from "@/shared/lib/format";
import { ProgressLine } from "@/shared/upload/ProgressLine";
import { useTransfers, useWarning } from "@/shared/upload/useTransfers";
import { progressOf } from "@/shared/upload/transfers";
import { transfers } from "./sending";
import { useDeliveries } from "./useDeliveries";

/** How far what is being delivered is, in a corner of whatever page is shown. */
export function UploadLine({ account, onOpen }: { account: string; onOpen: () => void }) {
  const all = useTransfers(transfers);
  const { unfinished, byId } = useDeliveries(account, all, []);
  const progress = progressOf(all);
  useWarning(progress.moving);
  if (all.length === 0 && unfinished.length === 0) return null;
  const refused = all.some(({ file }) => {
    const delivery = byId.get(file.delivery);
    return delivery?.findings.some((f) => !f.overridden) || delivery?.files.some((f) => f.id === file.id && f.problem !== null);
  });
  const text =
    all.length === 0
      ? t("deliver.unfinished", { count: unfinished.length, n: formatNumber(unfinished.length) })
      : progress.done === all.length
        ? t(refused ? "deliver.arrivedWith" : "deliver.arrived", { count: all.length, n: formatNumber(all.length) })
        : undefined;
  return <ProgressLine all={all} text={text} bad={refused || all.length === 0} tip={t("deliver.show")} onOpen={onOpen} />;
}
