import { Button, Select } from "@mantine/core";
import { IconPrinter } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useLocation, useSearch } from "wouter";
import type { Session } from "@/shared/api/session";
import { dayIn } from "@/shared/lib/format";
import { Page } from "@/shared/ui/Page";
import page from "@/shared/ui/Page.module.css";
import { PageTabs } from "@/shared/ui/PageTabs";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import { StaleNotice } from "@/shared/ui/StaleNotice";
import { figuresQuery } from "./api/getFigures";
import { BehindDialog } from "./BehindDialog";
import { FigureCards } from "./FigureCards";
import { GroupTable } from "./GroupTable";
import { t } from "./messages/t";
import { PeriodFields } from "./PeriodFields";
import { type Behind, formatReport, type Grouping, groupings, parseReport, questionOf, type ReportState } from "./reportState";
import styles from "./Reports.module.css";

/** Partner figures: what deliveries are measured by, in a period and in groups. */
export function ReportsPage({ session }: { session: Session }) {
  const search = useSearch();
  const [, navigate] = useLocation();
  const state = parseReport(search);
  const today = dayIn(session.zone);
  const span = questionOf(state, today);
  const figures = useQuery(figuresQuery(span, state.group));
  const change = (next: Partial<ReportState>) => {
    const query = formatReport({ ...state, behind: undefined, ...next });
    navigate("/reports" + (query === "" ? "" : "?" + query), { replace: true });
  };
  const onBehind = (behind: Behind) => change({ behind });
  const offered = session.role === "fulfillment_partner" ? groupings.filter((g) => g !== "fulfillment_partner") : session.role === "content_partner" ? groupings.filter((g) => g !== "content_partner") : groupings;
  return (
    <Page
      title={t("title")}
      aria-busy={figures.isPlaceholderData || figures.isPending}
      beside={
        <>
          <PageTabs label={t("tabs")} tabs={[{ path: "/reports", name: t("title") }, { path: "/trends", name: t("trends") }]} />
          {figures.data?.stale && <StaleNotice />}
        </>
      }
      actions={
        <Button variant="default" size="xs" leftSection={<IconPrinter size={14} aria-hidden />} onClick={() => window.print()}>
          {t("print")}
        </Button>
      }
    >
      <div className={`${page.tools} ${styles.controls}`}>
        <PeriodFields period={state.period} span={state.period === undefined ? state.span : span} today={today} onChange={change} />
        <Select size="xs" w={200} label={t("by.label")} data={[{ value: "none", label: t("by.none") }, ...offered.map((value) => ({ value: value as string, label: t(`by.${value}`) }))]} value={state.group ?? "none"} allowDeselect={false} onChange={(value) => change({ group: value === "none" ? undefined : (value as Grouping) })} />
      </div>
      <div className={page.body}>
        {figures.isError && figures.data === undefined ? (
          <ProblemNotice error={figures.error} title={t("failed")} onRetry={() => void figures.refetch()} />
        ) : (
          <div className={styles.figures} data-outdated={figures.isPlaceholderData || undefined}>
            <FigureCards figures={figures.data?.figures} onBehind={onBehind} />
            {state.group !== undefined && <GroupTable grouping={state.group} figures={figures.data} onBehind={onBehind} />}
          </div>
        )}
      </div>
      {state.behind !== undefined && <BehindDialog state={state} behind={state.behind} today={today} onClose={() => change({})} />}
    </Page>
  );
}
