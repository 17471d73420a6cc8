import { Button, Skeleton } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { formatNumber } from "@/shared/lib/format";
import { Dialog } from "@/shared/ui/Dialog";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import { behindFile, behindQuery } from "./api/getFigureRequests";
import { DeliveryTable } from "./DeliveryTable";
import { t } from "./messages/t";
import { type Behind, behindQuestion, type ReportState } from "./reportState";
import styles from "./Reports.module.css";
import { groupName } from "./words";

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
          <DeliveryTable rows={rows} blockers={behind.figure === "blocker_time"} />
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
