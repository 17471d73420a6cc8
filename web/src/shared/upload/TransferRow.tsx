import { Progress } from "@mantine/core";
import { IconPlayerPause, IconPlayerPlay, IconRefresh, IconX } from "@tabler/icons-react";
import { t as common } from "@/shared/i18n/t";
import { formatSize } from "@/shared/lib/format";
import { FileName } from "./FileName";
import { t } from "./messages/t";
import { percent, secondsLeft, speedOf } from "./meter";
import { paceText } from "./pace";
import { Tool } from "./Tool";
import type { Sendable, Transfer, Transfers } from "./transfers";
import styles from "./Upload.module.css";

interface Props<F extends Sendable> {
  transfers: Transfers<F>;
  transfer: Transfer<F>;
  standing: string | undefined; // what came of it, once it was sent
  problem: string | undefined; // likewise, what is wrong with it
  onCancel: () => void;
}

/** A file on its way. */
export function TransferRow<F extends Sendable>({ transfers, transfer, standing, problem, onCancel }: Props<F>) {
  const { file, phase, sent, samples } = transfer;
  const speed = speedOf(samples);
  const state = phase === "sent" ? (standing ?? t("phase.sent")) : phase === "sending" && speed !== undefined ? paceText(speed, secondsLeft(file.size - sent, speed)) : t(`phase.${phase}`);
  const why = transfer.problem ?? (phase === "sent" ? problem : undefined);
  return (
    <div className={styles.transfer} role="group" aria-label={file.name}>
      <FileName name={file.name} />
      <Progress value={phase === "sent" ? 100 : percent(sent, file.size)} size="sm" color={phase === "failed" ? "red" : undefined} transitionDuration={100} aria-label={t("progressOf", { name: file.name })} />
      <span className={styles.bytes}>{phase === "sent" ? formatSize(file.size) : t("bytes", { sent: formatSize(sent), size: formatSize(file.size) })}</span>
      <span className={styles.pace} data-phase={phase}>
        {state}
      </span>
      <span className={styles.buttons}>
        {(phase === "sending" || phase === "waiting") && (
          <Tool label={t("pause")} name={file.name} onClick={() => transfers.pause(file.id)}>
            <IconPlayerPause size={16} />
          </Tool>
        )}
        {phase === "paused" && (
          <Tool label={t("resume")} name={file.name} onClick={() => transfers.resume(file.id)}>
            <IconPlayerPlay size={16} />
          </Tool>
        )}
        {phase === "failed" && (
          <Tool label={common("common.tryAgain")} name={file.name} onClick={() => transfers.resume(file.id)}>
            <IconRefresh size={16} />
          </Tool>
        )}
        {phase !== "sent" && (
          <Tool label={t("cancelFile")} name={file.name} onClick={onCancel}>
            <IconX size={16} />
          </Tool>
        )}
      </span>
      {why !== undefined && (
        <span role="alert" className={styles.why}>
          {why}
        </span>
      )}
    </div>
  );
}
