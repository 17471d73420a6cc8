import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { Link, useSearch } from "wouter";
import { catalogueQuery } from "@/shared/api/catalogue";
import type { Session } from "@/shared/api/session";
import { begun, type TrendPoint, trendsQuery } from "@/shared/api/trends";
import { formatDate, formatNumber } from "@/shared/lib/format";
import { bucketLabel, modifierText } from "@/shared/lib/labels";
import tableStyles from "@/shared/ui/DataTable.module.css";
import { Page } from "@/shared/ui/Page";
import page from "@/shared/ui/Page.module.css";
import { PageTabs } from "@/shared/ui/PageTabs";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import { StaleNotice } from "@/shared/ui/StaleNotice";
import { t } from "./messages/t";
import { TrendChart } from "./TrendChart";
import styles from "./Trends.module.css";

const fewest = 2; // points of a line

/** The numbers of a search, whose modifiers the URL holds, day by day. */
export function TrendsPage({ session }: { session: Session }) {
  const search = useSearch();
  const modifiers = useMemo(() => modifiersOf(search), [search]);
  const catalogue = useQuery(catalogueQuery);
  const trends = useQuery(trendsQuery(modifiers));
  const points = useMemo(() => begun(trends.data?.points ?? []), [trends.data]);
  const last = points[points.length - 1];
  const searched = new URLSearchParams(search).toString();
  const hrefOf = (point: TrendPoint) => {
    const query = new URLSearchParams(searched);
    if (point !== last) query.append("as_of", point.at);
    return "/requests?" + query.toString().replaceAll("%3A", ":");
  };
  const buckets = catalogue.data?.buckets ?? [];
  const failed = (trends.isError && trends.data === undefined) || catalogue.isError;
  return (
    <Page
      title={t("title")}
      aria-busy={trends.isPending}
      beside={
        <>
          {session.role !== "quality_control" && <PageTabs label={t("tabs")} tabs={[{ path: "/reports", name: t("reports") }, { path: "/trends", name: t("title") }]} />}
          {trends.data?.stale && <StaleNotice />}
        </>
      }
    >
      <div className={page.body}>
        <p className={styles.selection}>
          {Object.keys(modifiers).length === 0
            ? t("everything")
            : Object.entries(modifiers).map(([name, values]) => (
                <span key={name} className={styles.pill}>
                  {modifierText(catalogue.data, { name: name.replace(/^-/, ""), exclude: name.startsWith("-"), values })}
                </span>
              ))}
          <Link href={"/requests" + (searched === "" ? "" : "?" + searched)}>{t("toSearch")}</Link>
        </p>
        <p className={styles.about}>{t("about")}</p>
        {failed ? (
          <ProblemNotice
            error={trends.error ?? catalogue.error}
            title={t("failed")}
            onRetry={() => {
              void trends.refetch();
              void catalogue.refetch();
            }}
          />
        ) : trends.data !== undefined && points.length < fewest ? (
          <p role="status" className={tableStyles.empty}>
            {t("short")}
          </p>
        ) : (
          <>
            <div className={styles.cards}>
              {trends.data === undefined || catalogue.data === undefined
                ? Array.from({ length: 7 }, (_, i) => <div key={i} className={styles.card} data-waiting />)
                : buckets.map((b) => <TrendChart key={b.key} bucket={b.key} label={bucketLabel(b)} points={points} count={(point) => point.buckets[b.key]} hrefOf={hrefOf} />)}
            </div>
            {last !== undefined && (
              <section aria-labelledby="trends-table">
                <h2 id="trends-table" className={styles.subtitle}>
                  {t("table")}
                </h2>
                <table className={`${tableStyles.table} ${styles.table}`}>
                  <thead>
                    <tr>
                      <th scope="col">{t("date")}</th>
                      {buckets.map((b) => (
                        <th key={b.key} scope="col">
                          {bucketLabel(b)}
                        </th>
                      ))}
                    </tr>
                  </thead>
                  <tbody>
                    {points.toReversed().map((point) => (
                      <tr key={point.day}>
                        <th scope="row">
                          <Link href={hrefOf(point)}>{formatDate(point.day)}</Link>
                          {point === last && <span className={tableStyles.soft}> {t("now")}</span>}
                        </th>
                        {buckets.map((b) => (
                          <td key={b.key}>{formatNumber(point.buckets[b.key])}</td>
                        ))}
                      </tr>
                    ))}
                  </tbody>
                </table>
              </section>
            )}
          </>
        )}
      </div>
    </Page>
  );
}

/** The modifiers of a query string, as the API takes them. */
function modifiersOf(search: string): Record<string, string[]> {
  const out: Record<string, string[]> = {};
  for (const [name, value] of new URLSearchParams(search)) (out[name] ??= []).push(value);
  return out;
}
