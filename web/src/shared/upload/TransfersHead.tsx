import { Button } from "@mantine/core";
import { formatNumber, formatSize } from "@/shared/lib/format";
import { t } from "./messages/t";
import { paceText } from "./pace";
import { progressOf, type Sendable, type Transfer, type Transfers } from "./transfers";
import styles from "./Upload.module.css";

interface Props<F extends Sendable> {
  transfers: Transfers<F>;
  all: readonly Transfer<F>[]; // those that it is about
  title: string;
  clears?: boolean; // whether what was sent can be put away by hand
}

/** Where all files are together, and what can be done to all of them. */
export function TransfersHead<F extends Sendable>({ transfers, all, title, clears = true }: Props<F>) {
  const progress = progressOf(all);
  const idsOf = (...phases: Transfer["phase"][]) => all.filter((one) => phases.includes(one.phase)).map((one) => one.file.id);
  const [moving, paused, sent] = [idsOf("sending", "waiting"), idsOf("paused", "failed"), idsOf("sent")];
  return (
    <div className={styles.head}>
      <h2 className={styles.title}>{title}</h2>
      <span className={styles.soft}>
        {t("sofar", { count: progress.files, done: formatNumber(progress.done), of: formatNumber(progress.files) })}
        {", "}
        {t("bytes", { sent: formatSize(progress.sent), size: formatSize(progress.size) })}
        {progress.moving && progress.speed !== undefined && `, ${paceText(progress.speed, progress.secondsLeft)}`}
      </span>
      <span className={styles.allButtons}>
        {moving.length > 1 && (
          <Button size="compact-xs" variant="default" onClick={() => transfers.pause(...moving)}>
            {t("pauseAll")}
          </Button>
        )}
        {paused.length > 1 && (
          <Button size="compact-xs" variant="default" onClick={() => transfers.resume(...paused)}>
            {t("resumeAll")}
          </Button>
        )}
        {clears && sent.length > 0 && (
          <Button size="compact-xs" variant="default" title={t("clearTip")} onClick={() => transfers.drop(...sent)}>
            {t("clear")}
          </Button>
        )}
      </span>
    </div>
  );
}
