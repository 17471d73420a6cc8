import { ActionIcon, Button, Tooltip } from "@mantine/core";
import { IconAlertTriangle, IconCheck, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { asSentence } from "@/shared/api/problem";
import { t as common } from "@/shared/i18n/t";
import { valueName } from "@/shared/i18n/values";
import { refusalsQuery } from "@/shared/jobs/getRefusals";
import { formatSize } from "@/shared/lib/format";
import { FileName } from "@/shared/upload/FileName";
import { TransferRow } from "@/shared/upload/TransferRow";
import type { Transfer } from "@/shared/upload/transfers";
import uploads from "@/shared/upload/Upload.module.css";
import { t } from "./messages/t";
import styles from "./Provide.module.css";
import type { Providing, Sent } from "./providings";
import { providings, transfers } from "./sending";
import { standingOf } from "./words";

interface Props {
  acts: readonly Providing[];
  sending: readonly Transfer<Sent>[];
  onCancel: (file: Sent) => void;
  onLeave: () => void; // for another page
}

/** What is being provided, below whom it is for, and what came of it. */
export function ProvidingList({ acts, sending, onCancel, onLeave }: Props) {
  const transferOf = new Map(sending.map((one) => [one.file.id, one]));
  return acts.map((act) => {
    const files = act.files.filter((f) => act.step !== "sending" || transferOf.has(f.id));
    if (files.length === 0) return null; // only what has to be chosen again
    const standing = standingOf(act, files.some((f) => transferOf.get(f.id)?.phase !== "sent"));
    const [request] = act.requests;
    return (
      <section key={act.id} aria-label={act.about}>
        <h3 className={uploads.heading}>
          <span className={uploads.headingText}>{act.about}</span>
          <span role="status" className={uploads.standing} data-kind={standing.kind}>
            {standing.kind === "good" && <IconCheck size={14} aria-hidden />}
            {standing.kind === "bad" && <IconAlertTriangle size={14} aria-hidden />}
            {standing.text}
          </span>
          {act.requests.length === 1 && request !== undefined && (
            <Link href={`/requests/${encodeURIComponent(request)}`} className={uploads.link} onClick={onLeave}>
              {t("list.details")}
            </Link>
          )}
          {(act.step === "done" || act.problem !== undefined) && (
            <Tooltip label={t("list.dismiss")}>
              <ActionIcon size={24} variant="subtle" color="gray" aria-label={`${t("list.dismiss")}: ${act.about}`} onClick={() => providings.dismiss(act.id)}>
                <IconX size={14} />
              </ActionIcon>
            </Tooltip>
          )}
        </h3>
        {act.problem !== undefined && (
          <p role="alert" className={styles.problem}>
            {asSentence(act.problem)}
            <Button size="compact-xs" variant="default" onClick={() => providings.tryAgain(act.id)}>
              {common("common.tryAgain")}
            </Button>
          </p>
        )}
        {act.refusedBy !== undefined && <Refused job={act.refusedBy} onLeave={onLeave} />}
        {files.map((file) => {
          const transfer = transferOf.get(file.id);
          return transfer === undefined ? (
            <div key={file.id} className={styles.given}>
              <FileName name={file.name} />
              <span className={uploads.soft}>{valueName(file.kind)}</span>
              <span className={uploads.bytes}>{formatSize(file.size)}</span>
            </div>
          ) : (
            <TransferRow key={file.id} transfers={transfers} transfer={transfer} standing={valueName(file.kind)} problem={undefined} onCancel={() => onCancel(file)} />
          );
        })}
      </section>
    );
  });
}

const listed = 100;

/** Which requests took nothing, and why. */
function Refused({ job, onLeave }: { job: string; onLeave: () => void }) {
  const [all, setAll] = useState(false);
  const refusals = useQuery(refusalsQuery(job, listed));
  const those = refusals.data?.refusals ?? [];
  return (
    <ul className={styles.refused}>
      {those.slice(0, all ? listed : 3).map((one) => (
        <li key={one.request_id ?? one.reason}>
          {one.request_id !== null && (
            <Link href={`/requests/${encodeURIComponent(one.request_id)}`} onClick={onLeave}>
              {one.request_id}
            </Link>
          )}{" "}
          {asSentence(one.reason)}
        </li>
      ))}
      {!all && those.length > 3 && (
        <li>
          <Button size="compact-xs" variant="default" onClick={() => setAll(true)}>
            {t("list.allRefused")}
          </Button>
        </li>
      )}
    </ul>
  );
}
