import { Anchor, Button, Skeleton } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { formatDate, formatInstant, formatNumber } from "@/shared/lib/format";
import { valueLabel } from "@/shared/lib/labels";
import { Dialog } from "@/shared/ui/Dialog";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import table from "@/shared/ui/DataTable.module.css";
import { behindFile, behindQuery } from "./api/getFigureRequests";
import { t } from "./messages/t";
import { type Behind, behindQuestion, type ReportState } from "./reportState";
import styles from "./Reports.module.css";
import { formatDuration, groupName } from "./words";

interface Props {
  state: ReportState;
  behind: Behind;
  today: string;
  onClose: () => void;
}

/** The deliveries behind a number. */
export function BehindDialog({ state, behind, today, onClose }: Props) {
  const question = behindQuestion(state, behind, today);
  const list = useInfiniteQuery(behindQuery(behind.figure, question));
  const rows = list.data?.pages.flatMap((page) => page.rows) ?? [];
  const title = [t(`figure.${behind.figure}`), t(`number.${behind.number}`), ...(behind.of === undefined || state.group === undefined ? [] : [groupName(state.group, behind.of)])].join(" · ");
  const blockers = behind.figure === "blocker_time";
  return (
    <Dialog title={title} size={960} onClose={onClose}>
      <div className={styles.listHead}>
        <span role="status">{list.data?.pages[0] !== undefined && t("listed", { count: list.data.pages[0].total, n: formatNumber(list.data.pages[0].total) })}</span>
        <Button component="a" href={behindFile(behind.figure, question)} download variant="default" size="xs" leftSection={<IconDownload size={14} aria-hidden />}>
          {t("csv")}
        </Button>
      </div>
      {list.isError && <ProblemNotice error={list.error} title={t("listFailed")} onRetry={() => void list.refetch()} />}
      {list.isPending && <Skeleton height={240} />}
      {rows.length > 0 && (
        <div className={styles.list} tabIndex={0} role="region" aria-label={title}>
          <table className={table.table}>
            <thead>
              <tr>
                {[t("column.title"), t("column.what"), t("column.partner"), t("column.delivered"), t("column.due"), t("column.sentBack"), ...(blockers ? [t("column.blocker")] : [])].map((heading) => (
                  <th key={heading} scope="col">
                    {heading}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={`${row.request_id} ${row.delivery}`}>
                  <td>
                    <Anchor component={Link} href={`/requests/${encodeURIComponent(row.request_id)}/deliveries`}>
                      {row.title ?? row.request_id}
                    </Anchor>
                    <span className={styles.line}>{t("nth", { id: row.request_id, n: row.delivery })}</span>
                  </td>
                  <td>{[row.source_type, row.language].flatMap((one) => (one === null ? [] : [valueLabel("", one)])).join(" · ")}</td>
                  <td>{row.fulfillment_partner?.name ?? t("none")}</td>
                  <td>{row.delivered_at !== null ? formatInstant(row.delivered_at) : t("before")}</td>
                  <td>
                    {row.due_date === null ? t("none") : formatDate(row.due_date)}
                    {row.on_time !== null && <span className={styles.line}>{t(row.on_time ? "onTime" : "late")}</span>}
                  </td>
                  <td>{row.sent_back_at === null ? t("no") : formatInstant(row.sent_back_at)}</td>
                  {blockers && <td>{row.blocker_seconds === null ? t("none") : formatDuration(row.blocker_seconds)}</td>}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {list.hasNextPage && (
        <Button variant="default" mt="md" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t("more")}
        </Button>
      )}
    </Dialog>
  );
}
