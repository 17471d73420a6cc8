import { Progress } from "@mantine/core";
import { IconAlertTriangle, IconCheck, IconUpload } from "@tabler/icons-react";
import { formatNumber } from "@/shared/lib/format";
import { t } from "./messages/t";
import { paceText } from "./pace";
import { progressOf, type Transfer } from "./transfers";
import styles from "./Upload.module.css";

interface Props {
  all: readonly Transfer[];
  text: string | undefined; // instead of the progress, once there is none
  bad: boolean; // whether something has to be looked at
  tip: string;
  onOpen: () => void;
}

/** How far everything is, in a corner of whatever page is shown. */
export function ProgressLine({ all, text, bad, tip, onOpen }: Props) {
  const progress = progressOf(all);
  const failed = all.some((one) => one.phase === "failed");
  const paused = all.some((one) => one.phase === "paused");
  const pace = paceText(progress.speed, progress.secondsLeft);
  return (
    <button type="button" className={styles.line} onClick={onOpen} title={tip}>
      {failed || bad ? <IconAlertTriangle size={16} className={styles.warn} aria-hidden /> : progress.moving || paused ? <IconUpload size={16} aria-hidden /> : <IconCheck size={16} className={styles.good} aria-hidden />}
      {text ?? (
        <>
          <span>{t("sofar", { count: all.length, done: formatNumber(progress.done), of: formatNumber(all.length) })}</span>
          <Progress value={progress.percent} size="sm" className={styles.lineBar} transitionDuration={100} aria-label={t("progress")} />
          <span className={styles.soft}>{failed ? t("phase.failed") : !progress.moving ? t("phase.paused") : pace === "" ? `${progress.percent} %` : pace}</span>
        </>
      )}
    </button>
  );
}
