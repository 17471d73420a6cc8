import { Button, SegmentedControl, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconFileUpload, IconSearch } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useLocation, useSearch } from "wouter";
import { toQueryString } from "@/shared/api/client";
import type { Session } from "@/shared/api/session";
import { dayIn, formatNumber } from "@/shared/lib/format";
import { rememberBack } from "@/shared/lib/lastSearch";
import { keys } from "@/shared/lib/keys";
import { provide } from "@/shared/lib/providing";
import { useLive } from "@/shared/live/Live";
import { LiveMark } from "@/shared/live/LiveMark";
import { Page } from "@/shared/ui/Page";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import { StaleNotice } from "@/shared/ui/StaleNotice";
import { type Show, shows, waitingCountsQuery, waitingQuery } from "./api/getWaiting";
import { moveFocus } from "./lines";
import styles from "./MaterialsPage.module.css";
import { t } from "./messages/t";
import { SelectionBar } from "./SelectionBar";
import { TitleLine } from "./TitleLine";
import { type TitleGroup, titlesOf } from "./titles";
import { urgencies, urgencyOf } from "./urgency";

const step = 100; // titles that are drawn at a time

/** The titles that somebody waits for, most urgent first, and the way to give them what is missing. */
export function MaterialsPage({ session }: { session: Session }) {
  const { show, title: asked } = stateOf(useSearch());
  const [, navigate] = useLocation();
  const [typed, setTyped] = useState(asked);
  const [title] = useDebouncedValue(typed.trim(), 200);
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [drawn, setDrawn] = useState(step);
  const body = useRef<HTMLDivElement>(null);
  const queries = useQueryClient();
  const list = useInfiniteQuery(waitingQuery(show, title));
  const counts = useQuery(waitingCountsQuery(title));
  const rows = list.data?.pages.flatMap((page) => page.rows) ?? [];
  const titles = titlesOf(rows);
  const today = dayIn(session.zone);

  // What the page shows is worth a link.
  useEffect(() => {
    const query = new URLSearchParams({ ...(show === "awaiting" ? {} : { show }), ...(title === "" ? {} : { title }) }).toString();
    rememberBack("/materials" + (query === "" ? "" : "?" + query)); // the way back from a request
    if (query !== window.location.search.slice(1)) navigate("/materials" + (query === "" ? "" : "?" + query), { replace: true });
  }, [navigate, show, title]);

  const watch = toQueryString({ group: ["material_status"], title: title === "" ? undefined : [title] });
  const began = useRef<string>(undefined);
  const live = useLive(list.isSuccess ? watch : undefined, () => {
    // The first event tells what there is already.
    if (began.current === watch) for (const key of [["requests", "materials"], ["buckets", "materials"]]) void queries.invalidateQueries({ queryKey: key });
    began.current = watch;
  });

  // The list takes the keys as soon as it is there.
  const there = titles.length > 0;
  useEffect(() => {
    if (there && document.activeElement === document.body) body.current?.querySelector<HTMLElement>("[data-line]")?.focus({ preventScroll: true });
  }, [there]);

  const present = new Set(rows.map((row) => row.request_id));
  const chosen = [...selected].filter((id) => present.has(id));
  const select = (ids: readonly string[], on: boolean) => {
    const next = new Set(chosen);
    for (const id of ids) {
      if (on) next.add(id);
      else next.delete(id);
    }
    setSelected(next);
  };
  const open = (key: string, on: boolean) => {
    const next = new Set(opened);
    if (on) next.add(key);
    else next.delete(key);
    setOpened(next);
  };

  function onKeyDown(event: React.KeyboardEvent) {
    const line = event.target as HTMLElement;
    if (!line.hasAttribute("data-line") || event.ctrlKey || event.metaKey || event.altKey) return;
    const group = titles.find((one) => one.key === line.dataset["title"]);
    const id = line.dataset["request"];
    const ids = id !== undefined ? [id] : (group?.rows.map((row) => row.request_id) ?? []);
    if (event.key === keys.next || event.key === "ArrowDown") moveFocus(body.current, line, 1);
    else if (event.key === keys.previous || event.key === "ArrowUp") moveFocus(body.current, line, -1);
    else if (event.key === keys.provide) provide({ to: { ids: chosen.length > 0 ? chosen : ids } });
    else if (event.key === keys.select) select(ids, !ids.every((one) => selected.has(one)));
    else if (event.key === keys.unselect && chosen.length > 0) setSelected(new Set());
    else if (event.key === "ArrowRight" && group !== undefined) open(group.key, true);
    else if (event.key === "ArrowLeft" && group !== undefined) {
      open(group.key, false);
      body.current?.querySelector<HTMLElement>(`[data-line][data-title="${CSS.escape(group.key)}"]:not([data-request])`)?.focus();
    } else if (event.key === keys.open && id !== undefined) navigate("/requests/" + encodeURIComponent(id));
    else if (event.key === keys.open && group !== undefined) open(group.key, !opened.has(group.key));
    else return;
    event.preventDefault();
  }

  const more = titles.length > drawn || list.hasNextPage;
  const byUrgency = urgencies.map((urgency) => ({ urgency, titles: titles.slice(0, drawn).filter((one) => urgencyOf(one.due, today) === urgency), all: titles.filter((one) => urgencyOf(one.due, today) === urgency).length }));
  return (
    <Page
      title={t("page.title")}
      data-drops="materials"
      data-drops-at="lines"
      beside={
        <>
          <LiveMark state={live} />
          {list.data?.pages[0]?.stale && <StaleNotice />}
        </>
      }
      actions={
        <>
        <SegmentedControl
          size="xs"
          aria-label={t("page.show")}
          value={show}
          onChange={(next) => {
            navigate("/materials" + (next === "awaiting" ? "" : "?show=" + next) , { replace: true });
            setDrawn(step);
          }}
          data={shows.map((one) => ({ value: one, label: counts.data === undefined ? t(`page.${one}`) : `${t(`page.${one}`)} ${formatNumber(counts.data[one])}` }))}
        />
        <TextInput size="xs" className={styles.search} aria-label={t("page.search")} placeholder={t("page.search")} leftSection={<IconSearch size={14} aria-hidden />} value={typed} onChange={(event) => setTyped(event.currentTarget.value)} />
        <Button size="compact-sm" leftSection={<IconFileUpload size={16} aria-hidden />} onClick={() => provide({ to: chosen.length > 0 ? { ids: chosen } : undefined })}>
          {t("page.provide")}
        </Button>
        </>
      }
    >
      <div className={styles.content} tabIndex={-1}>
        <p className={styles.lead} role="status">
          {list.isSuccess && titles.length > 0 && summary(show, titles, rows.length, list.data.pages[0]?.total ?? rows.length)}
        </p>
        {list.isError && list.data === undefined && <ProblemNotice error={list.error} title={t("page.failed")} onRetry={() => void list.refetch()} />}
        {list.isSuccess && titles.length === 0 && <Empty show={show} searched={title !== ""} />}
        {list.isPending && <Skeleton />}
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- the keys of its lines */}
        <div ref={body} role="treegrid" aria-label={t("page.titles")} onKeyDown={onKeyDown} hidden={titles.length === 0}>
          {byUrgency.map(
            (section) =>
              section.titles.length > 0 && (
                <div key={section.urgency} role="rowgroup">
                  <div role="row" className={styles.sticky}>
                    <div role="rowheader">
                      <h2 className={styles.section} data-urgency={section.urgency}>
                        {t(`urgency.${section.urgency}`)} <span className={styles.count}>{formatNumber(section.all)}</span>
                      </h2>
                    </div>
                  </div>
                  {section.titles.map((group) => (
                    <TitleLine
                      key={group.key}
                      group={group}
                      today={today}
                      awaiting={show !== "available"}
                      opened={opened.has(group.key)}
                      tabbable={group === titles[0]}
                      selected={selected}
                      onOpen={(on) => open(group.key, on)}
                      onSelect={select}
                    />
                  ))}
                </div>
              ),
          )}
        </div>
        {more && titles.length > 0 && (
          <Button
            variant="default"
            size="xs"
            mt="md"
            loading={list.isFetchingNextPage}
            onClick={() => {
              if (titles.length <= drawn + step && list.hasNextPage) void list.fetchNextPage();
              setDrawn(drawn + step);
            }}
          >
            {t("page.more")}
          </Button>
        )}
      </div>
      {chosen.length > 0 && <SelectionBar count={chosen.length} onProvide={() => provide({ to: { ids: chosen } })} onClear={() => setSelected(new Set())} />}
    </Page>
  );
}

function stateOf(query: string): { show: Show; title: string } {
  const parameters = new URLSearchParams(query);
  return { show: shows.find((one) => one === parameters.get("show")) ?? "awaiting", title: parameters.get("title") ?? "" };
}

function summary(show: Show, titles: readonly TitleGroup[], loaded: number, total: number): string {
  const count = titles.length;
  const n = formatNumber(count);
  // Of more than were loaded, it is not known how many titles they are.
  return loaded < total ? t("page.summaryMany", { requests: formatNumber(total) }) : t(`page.summary.${show}`, { count, n, requests: formatNumber(total) });
}

function Empty({ show, searched }: { show: Show; searched: boolean }) {
  return (
    <div className={styles.empty}>
      <p className={styles.emptyTitle}>{t(searched ? "page.noneFound" : `page.none.${show}`)}</p>
      {!searched && show === "awaiting" && <p>{t("page.noneAbout")}</p>}
    </div>
  );
}

function Skeleton() {
  return (
    <div aria-busy="true" aria-label={t("page.loading")} role="status">
      {Array.from({ length: 10 }, (_, i) => (
        <div key={i} className={styles.boneLine}>
          <span className={styles.bone} style={{ width: 88 }} />
          <span className={styles.bone} style={{ width: 200 + ((i * 53) % 120) }} />
          <span className={styles.bone} style={{ width: 160 }} />
        </div>
      ))}
    </div>
  );
}
