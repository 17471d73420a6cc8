import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { sentence } from "@/shared/api/problem";
import { formatMoment, formatNumber } from "@/shared/lib/format";
import { Checksum } from "@/shared/ui/Checksum";
import table from "@/shared/ui/DataTable.module.css";
import { FormError } from "@/shared/ui/FormError";
import page from "@/shared/ui/Page.module.css";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import { Section } from "@/shared/ui/Section";
import { type Seal, sealsQuery } from "./api/getSeals";
import { useSealLog } from "./api/sealLog";
import styles from "./Audit.module.css";
import { t } from "./messages/t";
import { requestOf } from "./streams";

export function SealsSection() {
  const sealLog = useSealLog();
  const last = sealLog.data?.seal;
  return (
    <Section title={t("seals.title")} about={t("seals.about")}>
      <div className={styles.line}>
        <Button variant="default" title={t("seals.buttonTip")} loading={sealLog.isPending} onClick={() => sealLog.mutate()}>
          {t("seals.button")}
        </Button>
        <span role="status" className={page.count}>
          {sealLog.isSuccess && (last == null ? t("seals.nothing") : t("seals.done", { n: formatNumber(last.count) }))}
        </span>
      </div>
      <FormError>{sealLog.isError ? sentence(sealLog.error) : undefined}</FormError>
      <SealTable />
    </Section>
  );
}

function SealTable() {
  const seals = useInfiniteQuery(sealsQuery);
  if (seals.isError && seals.data === undefined) return <ProblemNotice error={seals.error} title={t("seals.failed")} onRetry={() => void seals.refetch()} />;
  const listed = seals.data?.pages.flatMap((page) => page.seals);
  if (listed?.length === 0) return <p className={table.empty}>{t("seals.none")}</p>;
  return (
    <>
      <table className={table.table} aria-label={t("seals.list")} aria-busy={listed === undefined}>
        <thead>
          <tr>
            <th scope="col">{t("seals.at")}</th>
            <th scope="col" className={styles.right}>
              {t("seals.count")}
            </th>
            <th scope="col" className={styles.right}>
              {t("seals.position")}
            </th>
            <th scope="col">{t("seals.last")}</th>
            <th scope="col">{t("seals.hash")}</th>
          </tr>
        </thead>
        <tbody>
          {listed === undefined
            ? Array.from({ length: 6 }, (_, i) => (
                <tr key={i}>
                  <td colSpan={5}>
                    <span className={table.bone} />
                  </td>
                </tr>
              ))
            : listed.map((seal) => <SealRow key={seal.revision} seal={seal} />)}
        </tbody>
      </table>
      {seals.isFetchNextPageError && <ProblemNotice error={seals.error} title={t("seals.failed")} onRetry={() => void seals.fetchNextPage()} />}
      {seals.hasNextPage && !seals.isFetchNextPageError && (
        <Button size="xs" variant="default" className={styles.older} loading={seals.isFetchingNextPage} onClick={() => void seals.fetchNextPage()}>
          {t("seals.older")}
        </Button>
      )}
    </>
  );
}

function SealRow({ seal }: { seal: Seal }) {
  const request = requestOf(seal.last_stream);
  return (
    <tr>
      <td className={styles.nowrap}>{formatMoment(seal.sealed_at)}</td>
      <td className={styles.right}>{formatNumber(seal.count)}</td>
      <td className={styles.right}>{seal.position}</td>
      <td>
        {request === undefined ? seal.last_stream : <Link href={`/requests/${encodeURIComponent(request)}/history`}>{seal.last_stream}</Link>} @ {seal.last_revision}
      </td>
      <td className={styles.nowrap}>
        <Checksum value={seal.hash} label={t("seals.copy")} />
      </td>
    </tr>
  );
}
