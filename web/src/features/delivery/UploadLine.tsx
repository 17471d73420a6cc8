import { Progress } from "@mantine/core";
import { IconAlertTriangle, IconCheck, IconUpload } from "@tabler/icons-react";
import { useEffect } from "react";
import { t } from "@/shared/i18n/t";
import { formatNumber } from "@/shared/lib/format";
import styles from "./Deliver.module.css";
import { progressOf } from "./transfers";
import { useDeliveries, useTransfers } from "./useDeliveries";
import { paceText } from "./words";

/** How far everything is, in a corner of whatever page is shown. */
export function UploadLine({ account, onOpen }: { account: string; onOpen: () => void }) {
  const all = useTransfers();
  const { unfinished, byId } = useDeliveries(account, all, []);
  const progress = progressOf(all);
  useWarning(progress.moving);
  if (all.length === 0 && unfinished.length === 0) return null;
  const failed = all.some((one) => one.phase === "failed");
  const paused = all.some((one) => one.phase === "paused");
  const refused = all.some(({ file }) => {
    const delivery = byId.get(file.delivery);
    return delivery?.findings.some((f) => !f.overridden) || delivery?.files.some((f) => f.id === file.id && f.problem !== null);
  });
  const pace = paceText(progress.speed, progress.secondsLeft);
  return (
    <button type="button" className={styles.line} onClick={onOpen} title={t("deliver.show")}>
      {failed || refused || all.length === 0 ? <IconAlertTriangle size={16} className={styles.warn} aria-hidden /> : progress.moving || paused ? <IconUpload size={16} aria-hidden /> : <IconCheck size={16} className={styles.good} aria-hidden />}
      {all.length === 0 ? (
        t("deliver.unfinished", { count: unfinished.length, n: formatNumber(unfinished.length) })
      ) : progress.done === all.length ? (
        t(refused ? "deliver.arrivedWith" : "deliver.arrived", { count: all.length, n: formatNumber(all.length) })
      ) : (
        <>
          <span>{t("deliver.sofar", { count: all.length, done: formatNumber(progress.done), of: formatNumber(all.length) })}</span>
          <Progress value={progress.percent} size="sm" className={styles.lineBar} transitionDuration={100} aria-label={t("deliver.progress")} />
          <span className={styles.soft}>{failed ? t("deliver.phase.failed") : !progress.moving ? t("deliver.phase.paused") : pace === "" ? `${progress.percent} %` : pace}</span>
        </>
      )}
    </button>
  );
}

/** Asks before a page is left that sends something. */
export function useWarning(moving: boolean): void {
  useEffect(() => {
    if (!moving) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [moving]);
}
