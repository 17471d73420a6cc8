import { Button, SegmentedControl, Select, Skeleton } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useLocation, useSearch } from "wouter";
import type { Session } from "@/shared/api/session";
import { dayIn, formatNumber } from "@/shared/lib/format";
import { Page } from "@/shared/ui/Page";
import page from "@/shared/ui/Page.module.css";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import { StaleNotice } from "@/shared/ui/StaleNotice";
import { foundFile, foundQuery } from "./api/getDeliveries";
import { figuresQuery } from "./api/getFigures";
import { knownQuery } from "./api/getKnown";
import { deliveriesQuestion, type DeliveriesState, type Filter, filters, formatDeliveries, parseDeliveries, type Show, shownOf, shows, verdicts } from "./deliveriesState";
import { FoundTable } from "./FoundTable";
import { t } from "./messages/t";
import { type Span, spanOf } from "./period";
import { PeriodFields } from "./PeriodFields";
import styles from "./Reports.module.css";
import { groupName } from "./words";

const figure = "redelivery_rate"; // over all deliveries

/** The deliveries of all requests, the latest first. */
export function DeliveriesPage({ session }: { session: Session }) {
  const search = useSearch();
  const [, navigate] = useLocation();
  const state = parseDeliveries(search);
  const today = dayIn(session.zone);
  const span = state.period === undefined ? state.span : spanOf(state.period, today);
  const question = deliveriesQuestion(state, today);
  const list = useInfiniteQuery({ ...foundQuery(question), refetchInterval: 60_000 });
  const rows = list.data?.pages.flatMap((page) => page.rows) ?? [];
  const first = list.data?.pages[0];
  const change = (next: Partial<DeliveriesState>) => {
    const query = formatDeliveries({ ...state, ...next });
    navigate("/deliveries" + (query === "" ? "" : "?" + query), { replace: true });
  };
  const offered = filters.filter((name) => name !== "fulfillment_partner" || session.role !== "fulfillment_partner");
  return (
    <Page
      title={t("deliveries")}
      aria-busy={list.isPending}
      beside={
        <>
          <span role="status" className={page.count}>
            {first !== undefined && t("listed", { count: first.total, n: formatNumber(first.total) })}
          </span>
          {first?.stale && <StaleNotice />}
        </>
      }
      actions={
        <Button component="a" href={foundFile(question)} download variant="default" size="xs" leftSection={<IconDownload size={14} aria-hidden />}>
          {t("csv")}
        </Button>
      }
    >
      <div className={`${page.tools} ${styles.controls}`}>
        <PeriodFields period={state.period} span={span} today={today} onChange={change} />
        {offered.map((name) => (
          <FilterField
            key={name}
            name={name}
            span={span}
            show={state.show}
            counts={session.role !== "quality_control"}
            value={state.of[name]}
            onChange={(value) => {
              const { [name]: _, ...others } = state.of;
              change({ of: value === undefined ? others : { ...others, [name]: value } });
            }}
          />
        ))}
        <Select size="xs" label={t("inspection.label")} placeholder={t("any")} data={verdicts.map((value) => ({ value, label: t(`inspection.${value}`) }))} value={state.verdict ?? null} clearable clearButtonProps={{ "aria-label": t("clear", { name: t("inspection.label") }) }} onChange={(value) => change({ verdict: verdicts.find((one) => one === value) })} />
        <SegmentedControl size="xs" className={styles.show} aria-label={t("show.label")} data={shows.map((value) => ({ value, label: t(`show.${value}`) }))} value={state.show} onChange={(show) => change({ show })} />
      </div>
      <div className={page.body}>
        {list.isError && first === undefined && <ProblemNotice error={list.error} title={t("listFailed")} onRetry={() => void list.refetch()} />}
        {list.isPending && <Skeleton height={360} />}
        {first?.total === 0 && <p className={styles.none}>{t("noDeliveries")}</p>}
        {rows.length > 0 && <FoundTable rows={rows} />}
        {list.hasNextPage && (
          <Button variant="default" mt="md" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t("more")}
          </Button>
        )}
      </div>
    </Page>
  );
}

interface FilterProps {
  name: Filter;
  span: Span;
  show: Show;
  counts: boolean; // figures are not for everybody, and the counts with them
  value: string | undefined;
  onChange: (value: string | undefined) => void;
}

/** One of those that delivered, or of what was, in the period; with how many deliveries. */
function FilterField({ name, span, show, counts, value, onChange }: FilterProps) {
  const { data } = useQuery({ ...figuresQuery(span, name), enabled: counts });
  const known = useQuery({ ...knownQuery(name), enabled: !counts }).data;
  const counted: { key: string; n?: number }[] = known?.map((key) => ({ key })) ?? (data?.groups ?? []).map((group) => {
    const own = group.figures.find((one) => one.figure === figure);
    return { key: group.key[name] ?? "", n: own === undefined ? 0 : shownOf(own, show) };
  });
  const all = value === undefined || counted.some((one) => one.key === value) ? counted : [{ key: value, n: 0 }, ...counted];
  // Mantine takes an empty value for nothing chosen.
  return (
    <Select
      size="xs"
      comboboxProps={{ width: "max-content", position: "bottom-start" }}
      label={t(`by.${name}`)}
      placeholder={t("any")}
      data={all.map(({ key, n }) => ({ value: "=" + key, label: groupName(name, key) + (n === undefined ? "" : ` (${formatNumber(n)})`) }))}
      value={value === undefined ? null : "=" + value}
      searchable
      clearable
      clearButtonProps={{ "aria-label": t("clear", { name: t(`by.${name}`) }) }}
      onChange={(next) => onChange(next === null ? undefined : next.slice(1))}
    />
  );
}
