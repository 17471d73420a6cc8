import { Button } from "@mantine/core";
import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import { formatMoment } from "@/shared/lib/format";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import type { AuditPage } from "./api/searchAudit";
import styles from "./Audit.module.css";
import { t } from "./messages/t";

interface Props {
  found: UseInfiniteQueryResult<InfiniteData<AuditPage, unknown>>;
  pages: AuditPage[];
}

/** How far the search has come, and the way on: one answer looks at a bounded part of the log. */
export function Further({ found, pages }: Props) {
  const none = pages.every((page) => page.entries.length === 0);
  const searchedTo = pages.findLast((page) => page.scanned_to.at !== null)?.scanned_to.at ?? undefined;
  if (found.isFetchNextPageError) return <ProblemNotice error={found.error} title={t("list.furtherFailed")} onRetry={() => void found.fetchNextPage()} />;
  if (!found.hasNextPage) {
    return (
      <p role="status" className={styles.end}>
        {t(none ? "list.nothing" : "list.everything")}
      </p>
    );
  }
  return (
    <div className={styles.end}>
      <span role="status">
        {none && `${t("list.nothingYet")} `}
        {searchedTo === undefined ? t("list.searchedPart") : t("list.searchedTo", { at: formatMoment(searchedTo) })}
      </span>
      <Button variant="default" size="xs" loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
        {t("list.further")}
      </Button>
    </div>
  );
}
