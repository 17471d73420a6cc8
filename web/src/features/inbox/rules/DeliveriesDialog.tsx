import { Button } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { sentence } from "@/shared/api/problem";
import { formatMoment, formatNumber } from "@/shared/lib/format";
import { DataTable } from "@/shared/ui/DataTable";
import table from "@/shared/ui/DataTable.module.css";
import { Dialog } from "@/shared/ui/Dialog";
import { FormError } from "@/shared/ui/FormError";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import { deliveriesQuery, type Delivery, type Rule, useResend } from "../api/rules";
import { notificationKind } from "../kinds";
import { t } from "../messages/t";
import styles from "./RulesPage.module.css";

const page = 20;

/** What a rule sent by mail and webhook, and what came of it. */
export function DeliveriesDialog({ rule, onClose }: { rule: Rule; onClose: () => void }) {
  const [offset, setOffset] = useState(0);
  const sent = useQuery({ ...deliveriesQuery(rule.id, offset), placeholderData: keepPreviousData });
  const resend = useResend();
  return (
    <Dialog title={t("sent.title", { name: rule.name })} size={1040} onClose={onClose}>
      <div className={styles.sent}>
        {sent.isError && sent.data === undefined ? (
          <ProblemNotice error={sent.error} title={t("sent.failed")} onRetry={() => void sent.refetch()} />
        ) : sent.data?.deliveries.length === 0 ? (
          <p className={table.empty}>{t("sent.none")}</p>
        ) : (
          <DataTable label={t("sent.title", { name: rule.name })} heads={(["at", "what", "channel", "status", "tries"] as const).map((name) => t(`sent.${name}`))} actions={t("rules.actions")}>
            {sent.data?.deliveries.map((one) => (
              <tr key={one.id}>
                <td className={styles.word}>{formatMoment(one.queued_at ?? one.at)}</td>
                <td>
                  {notificationKind(one.kind)}
                  {one.request_id !== null && (
                    <>
                      {" · "}
                      <Link href={"/requests/" + encodeURIComponent(one.request_id)}>{one.request_id}</Link>
                    </>
                  )}
                </td>
                <td className={styles.word}>{t(one.channel === "mail" ? "rules.mail" : "rules.webhook")}</td>
                <td className={styles.word}>
                  {t(`sent.is.${one.status}`)}
                  {one.next_try_at !== null && one.tries.length > 0 && <p className={styles.try}>{t("sent.next", { at: formatMoment(one.next_try_at) })}</p>}
                </td>
                <td>
                  <Tries of={one} />
                </td>
                <td className={table.actions}>
                  <Button size="compact-sm" variant="default" disabled={one.status === "waiting"} loading={resend.isPending && resend.variables.deliveryId === one.id} onClick={() => resend.mutate({ id: rule.id, deliveryId: one.id })}>
                    {t("sent.resend")}
                  </Button>
                </td>
              </tr>
            ))}
          </DataTable>
        )}
      </div>
      <FormError>{resend.isError ? sentence(resend.error) : undefined}</FormError>
      {(offset > 0 || sent.data?.next != null) && (
        <div className={styles.pages}>
          <Button variant="default" disabled={offset === 0} onClick={() => setOffset(Math.max(0, offset - page))}>
            {t("sent.newer")}
          </Button>
          <Button variant="default" disabled={sent.data?.next == null} onClick={() => setOffset(sent.data?.next ?? offset)}>
            {t("older")}
          </Button>
        </div>
      )}
    </Dialog>
  );
}

/** Each try: when, how long it took, and what was answered. */
function Tries({ of }: { of: Delivery }) {
  if (of.tries.length === 0) return <>{formatNumber(0)}</>;
  return (
    <ol className={styles.tries}>
      {of.tries.map((one) => (
        <li key={one.try} className={styles.try}>
          {[formatMoment(one.at), `${formatNumber(one.duration_ms)} ms`, one.http_status === null ? undefined : `HTTP ${one.http_status}`, one.error ?? undefined].filter((part) => part !== undefined).join(" · ")}
        </li>
      ))}
    </ol>
  );
}
