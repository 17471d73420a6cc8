import { ActionIcon, Progress, Tooltip } from "@mantine/core";
import { IconAlertTriangle, IconCheck, IconPlayerPause, IconPlayerPlay, IconRefresh, IconX } from "@tabler/icons-react";
import { Link } from "wouter";
import { t } from "@/shared/i18n/t";
import { valueName } from "@/shared/i18n/values";
import { formatNumber, formatSize } from "@/shared/lib/format";
import styles from "./Deliver.module.css";
import { FileName } from "./EntryTable";
import type { Destination } from "./matching";
import { percent, secondsLeft, speedOf } from "./meter";
import { transfers } from "./send";
import type { Transfer } from "./transfers";
import type { Delivery } from "./unfinished";
import { nameOf, paceText, standingOf } from "./words";

const shown = 200; // files; those that are on their way come first

interface Props {
  all: readonly Transfer[];
  byId: ReadonlyMap<string, Delivery>;
  known: ReadonlyMap<string, Destination>;
  onCancel: (transfer: Transfer) => void;
  onLeave: () => void; // for another page
}

/** The files on their way, below the requests that they go to, and what came of them. */
export function TransferList({ all, byId, known, onCancel, onLeave }: Props) {
  const rank = (one: Transfer) => ["failed", "sending", "waiting", "paused", "sent"].indexOf(one.phase);
  const some = all.toSorted((a, b) => rank(a) - rank(b)).slice(0, shown);
  const deliveries = new Map<string, Transfer[]>();
  // In the order in which they began, whatever happens to each.
  for (const one of all.filter((one) => some.includes(one))) deliveries.set(one.file.delivery, [...(deliveries.get(one.file.delivery) ?? []), one]);
  return (
    <>
      {[...deliveries].map(([id, files]) => {
        const request = files[0]?.file.request ?? "";
        const delivery = byId.get(id);
        const standing = delivery === undefined ? undefined : standingOf(delivery);
        return (
          <section key={id} className={styles.delivery} aria-label={nameOf(known.get(request), request)}>
            <h3 className={styles.heading}>
              <span className={styles.headingText}>
                {nameOf(known.get(request), request)} <span className={styles.id}>{request}</span>
              </span>
              <span role="status" className={styles.standing} data-kind={standing?.kind}>
                {standing?.kind === "good" && <IconCheck size={14} aria-hidden />}
                {standing?.kind === "bad" && <IconAlertTriangle size={14} aria-hidden />}
                {standing?.text}
              </span>
              <Link href={`/requests/${encodeURIComponent(request)}/deliveries`} className={styles.link} onClick={onLeave}>
                {t("deliver.details")}
              </Link>
            </h3>
            {files.map((one) => (
              <TransferRow key={one.file.id} transfer={one} found={delivery?.files.find((f) => f.id === one.file.id)} onCancel={() => onCancel(one)} />
            ))}
          </section>
        );
      })}
      {all.length > shown && <p className={styles.note}>{t("deliver.moreFiles", { count: all.length - shown, n: formatNumber(all.length - shown) })}</p>}
    </>
  );
}

function TransferRow({ transfer, found, onCancel }: { transfer: Transfer; found: Delivery["files"][number] | undefined; onCancel: () => void }) {
  const { file, phase, sent, samples, problem } = transfer;
  const speed = speedOf(samples);
  // Until the server was asked, all that is known is that it has every byte.
  const stale = found === undefined || found.status === "Declared" || found.status === "Uploading";
  const state = phase === "sent" ? (stale ? t("deliver.phase.sent") : valueName(found.status)) : phase === "sending" && speed !== undefined ? paceText(speed, secondsLeft(file.size - sent, speed)) : t(`deliver.phase.${phase}`);
  const why = problem ?? (phase === "sent" ? (found?.problem ?? undefined) : undefined);
  return (
    <div className={styles.transfer} role="group" aria-label={file.name}>
      <FileName name={file.name} />
      <Progress value={phase === "sent" ? 100 : percent(sent, file.size)} size="sm" color={phase === "failed" ? "red" : undefined} transitionDuration={100} aria-label={t("deliver.progressOf", { name: file.name })} />
      <span className={styles.bytes}>{phase === "sent" ? formatSize(file.size) : t("deliver.bytes", { sent: formatSize(sent), size: formatSize(file.size) })}</span>
      <span className={styles.pace} data-phase={phase}>
        {state}
      </span>
      <span className={styles.buttons}>
        {(phase === "sending" || phase === "waiting") && (
          <Tool label={t("deliver.pause")} name={file.name} onClick={() => transfers.pause(file.id)}>
            <IconPlayerPause size={16} />
          </Tool>
        )}
        {phase === "paused" && (
          <Tool label={t("deliver.resume")} name={file.name} onClick={() => transfers.resume(file.id)}>
            <IconPlayerPlay size={16} />
          </Tool>
        )}
        {phase === "failed" && (
          <Tool label={t("common.tryAgain")} name={file.name} onClick={() => transfers.resume(file.id)}>
            <IconRefresh size={16} />
          </Tool>
        )}
        {phase !== "sent" && (
          <Tool label={t("deliver.cancelFile")} name={file.name} onClick={onCancel}>
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

export function Tool({ label, name, onClick, children }: { label: string; name: string; onClick: () => void; children: React.ReactNode }) {
  return (
    <Tooltip label={label}>
      <ActionIcon size={24} variant="subtle" color="gray" aria-label={`${label}: ${name}`} onClick={onClick}>
        {children}
      </ActionIcon>
    </Tooltip>
  );
}
