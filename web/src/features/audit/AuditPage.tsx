import { ActionIcon, Tooltip } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useLocation, useSearch } from "wouter";
import type { Session } from "@/shared/api/session";
import { formatNumber } from "@/shared/lib/format";
import { warningText } from "@/shared/lib/labels";
import page from "@/shared/ui/Page.module.css";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import { StaleNotice } from "@/shared/ui/StaleNotice";
import { auditQuery } from "./api/searchAudit";
import styles from "./Audit.module.css";
import { AuditFrame } from "./AuditFrame";
import { Entries, WaitingEntries } from "./Entries";
import { ExportMenu } from "./ExportMenu";
import { type AuditFilter, formatFilter, parseFilter } from "./filter";
import { Filters } from "./Filters";
import { Further } from "./Further";
import { t } from "./messages/t";

/** What was done on all requests that one sees, and by whom. */
export function AuditPage({ session }: { session: Session }) {
  const filter = parseFilter(useSearch());
  const [, navigate] = useLocation();
  const queries = useQueryClient();
  const found = useInfiniteQuery(auditQuery(filter));
  const pages = found.data?.pages ?? [];
  const entries = pages.flatMap((page) => page.entries);
  const warnings = [...new Set((pages[0]?.warnings ?? []).map((warning) => warningText(undefined, warning)))];
  const search = (next: AuditFilter) => {
    const query = formatFilter(next);
    navigate(query === "" ? "/audit" : "/audit?" + query);
  };
  return (
    <AuditFrame session={session}>
      <Filters key={formatFilter(filter)} filter={filter} onFilter={search} />
      <div className={`${page.tools} ${styles.tools}`}>
        <span role="status" className={page.count}>
          {found.isPending ? t("list.searching") : found.data !== undefined && t("list.shown", { count: entries.length, n: formatNumber(entries.length) })}
        </span>
        {pages[0]?.near_miss && <span className={page.count}>{t("list.nearMiss")}</span>}
        {pages[0]?.near_miss !== true && warnings.map((warning) => <span key={warning} className={page.count}>{warning}</span>)}
        {pages[0]?.stale && <StaleNotice />}
        <span className={page.gap} />
        <Tooltip label={t("list.again")}>
          <ActionIcon variant="subtle" color="gray" aria-label={t("list.again")} loading={found.isFetching && !found.isFetchingNextPage && !found.isPending} onClick={() => void queries.resetQueries({ queryKey: auditQuery(filter).queryKey })}>
            <IconRefresh size={16} />
          </ActionIcon>
        </Tooltip>
        <ExportMenu filter={filter} disabled={found.isError && found.data === undefined} />
      </div>
      <div className={page.body}>
        {found.isError && found.data === undefined ? (
          <ProblemNotice error={found.error} title={t("list.failed")} onRetry={() => void found.refetch()} />
        ) : found.data === undefined ? (
          <WaitingEntries />
        ) : (
          <>
            <Entries entries={entries} />
            <Further found={found} pages={pages} />
          </>
        )}
      </div>
    </AuditFrame>
  );
}
