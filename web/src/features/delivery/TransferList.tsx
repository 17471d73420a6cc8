import { IconAlertTriangle, IconCheck } from "@tabler/icons-react";
import { Link } from "wouter";
import { t } from "@/shared/i18n/t";
import { valueName } from "@/shared/i18n/values";
import { formatNumber } from "@/shared/lib/format";
import { t as words } from "@/shared/upload/messages/t";
import { TransferRow } from "@/shared/upload/TransferRow";
import type { Transfer } from "@/shared/upload/transfers";
import styles from "@/shared/upload/Upload.module.css";
import type { Destination } from "./matching";
import { transfers } from "./sending";
import type { Delivery, Unfinished } from "./unfinished";
import { nameOf, standingOf } from "./words";

const shown = 200; // files; those that are on their way come first

interface Props {
  all: readonly Transfer<Unfinished>[];
  byId: ReadonlyMap<string, Delivery>;
  known: ReadonlyMap<string, Destination>;
  onCancel: (transfer: Transfer<Unfinished>) => void;
  onLeave: () => void; // for another page
}

/** The files on their way, below the requests that they go to, and what came of them. */
export function TransferList({ all, byId, known, onCancel, onLeave }: Props) {
  const rank = (one: Transfer<Unfinished>) => ["failed", "sending", "waiting", "paused", "sent"].indexOf(one.phase);
  const some = all.toSorted((a, b) => rank(a) - rank(b)).slice(0, shown);
  const deliveries = new Map<string, Transfer<Unfinished>[]>();
  // In the order in which they began, whatever happens to each.
  for (const one of all.filter((one) => some.includes(one))) deliveries.set(one.file.delivery, [...(deliveries.get(one.file.delivery) ?? []), one]);
  return (
    <>
      {[...deliveries].map(([id, files]) => {
        const request = files[0]?.file.request ?? "";
        const delivery = byId.get(id);
        const standing = delivery === undefined ? undefined : standingOf(delivery);
        return (
          <section key={id} aria-label={nameOf(known.get(request), request)}>
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
            {files.map((one) => {
              const found = delivery?.files.find((f) => f.id === one.file.id);
              // Until the server was asked, all that is known is that it has every byte.
              const stale = found === undefined || found.status === "Declared" || found.status === "Uploading";
              return <TransferRow key={one.file.id} transfers={transfers} transfer={one} standing={stale ? undefined : valueName(found.status)} problem={found?.problem ?? undefined} onCancel={() => onCancel(one)} />;
            })}
          </section>
        );
      })}
      {all.length > shown && <p className={styles.note}>{words("moreFiles", { count: all.length - shown, n: formatNumber(all.length - shown) })}</p>}
    </>
  );
}
