import { IconAlertTriangle, IconShieldCheck } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { formatMoment, formatNumber } from "@/shared/lib/format";
import table from "@/shared/ui/DataTable.module.css";
import { sealsQuery } from "./api/getSeals";
import type { Verified } from "./api/verifyLog";
import styles from "./Audit.module.css";
import { t } from "./messages/t";
import { requestOf } from "./streams";

/** What a verification found, told plainly. */
export function Report({ verified: { report: r, deep, at } }: { verified: Verified }) {
  const seals = useInfiniteQuery(sealsQuery);
  const last = seals.data?.pages.flatMap((page) => page.seals).find((seal) => seal.position === r.sealed_to);
  const more = r.found - r.findings.length;
  return (
    <div className={styles.report} role="region" aria-label={t("verify.title")}>
      <p role={r.intact ? "status" : "alert"} className={styles.verdict} data-intact={r.intact}>
        {r.intact ? <IconShieldCheck size={20} aria-hidden /> : <IconAlertTriangle size={20} aria-hidden />}
        {r.intact ? t("verify.intact") : t("verify.found", { count: r.found, n: formatNumber(r.found) })}
      </p>
      <p className={styles.when}>{t(deep ? "verify.atDeep" : "verify.at", { at: formatMoment(at) })}</p>
      <dl className={styles.facts}>
        <dt>{t("verify.events")}</dt>
        <dd>{formatNumber(r.events)}</dd>
        <dt>{t("verify.streams")}</dt>
        <dd>{formatNumber(r.streams)}</dd>
        <dt>{t("verify.sealed")}</dt>
        <dd>{t("verify.sealedBy", { count: r.seals, n: formatNumber(r.sealed) })}</dd>
        <dt>{t("verify.sealedUntil")}</dt>
        <dd>{r.seals === 0 ? t("verify.never") : last === undefined ? t("verify.position", { position: r.sealed_to }) : formatMoment(last.sealed_at)}</dd>
        <dt>{t("verify.unsealed")}</dt>
        <dd>{r.unsealed === 0 ? formatNumber(0) : t("verify.unsealedNote", { n: formatNumber(r.unsealed) })}</dd>
        {r.unchained > 0 && (
          <>
            <dt>{t("verify.unchained")}</dt>
            <dd>{t("verify.unchainedNote", { n: formatNumber(r.unchained) })}</dd>
          </>
        )}
      </dl>
      {r.findings.length > 0 && (
        <>
          <h3 className={styles.findings}>{t("verify.findings")}</h3>
          <table className={table.table} aria-label={t("verify.findings")}>
            <thead>
              <tr>
                <th scope="col">{t("verify.kind")}</th>
                <th scope="col">{t("verify.stream")}</th>
                <th scope="col">{t("verify.event")}</th>
                <th scope="col">{t("verify.place")}</th>
                <th scope="col">{t("verify.what")}</th>
              </tr>
            </thead>
            <tbody>
              {r.findings.map((f) => (
                <tr key={`${f.stream} ${f.revision} ${f.position} ${f.file} ${f.kind}`}>
                  <td className={table.strong}>{t(`finding.${f.kind}`)}</td>
                  <td>{f.stream === null ? f.file : <Stream name={f.stream} />}</td>
                  <td>{f.revision}</td>
                  <td>{f.position}</td>
                  <td lang="en">{f.text}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {more > 0 && <p className={styles.end}>{t("verify.more", { n: formatNumber(more) })}</p>}
        </>
      )}
    </div>
  );
}

/** A stream; that of a request leads to its history. */
function Stream({ name }: { name: string }) {
  const request = requestOf(name);
  return request === undefined ? name : <Link href={`/requests/${encodeURIComponent(request)}/history`}>{name}</Link>;
}
