import { Button, SegmentedControl, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconCircleCheck, IconSearch } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { Link, useLocation, useSearch } from "wouter";
import { toQueryString } from "@/shared/api/client";
import { valueName } from "@/shared/i18n/values";
import { formatDate, formatNumber } from "@/shared/lib/format";
import { useLive } from "@/shared/live/Live";
import { LiveMark } from "@/shared/live/LiveMark";
import table from "@/shared/ui/DataTable.module.css";
import { Page } from "@/shared/ui/Page";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import { type Standing, standingCountsQuery, standingQuery, standings } from "./api/getStanding";
import { t } from "./messages/t";
import styles from "./QualityControl.module.css";

// What the URL calls them.
const shows: Record<Standing, string> = { Awaiting: "awaiting", Passed: "passed", "Not Passed": "not-passed" };

/** What awaits a check, most urgent first, and what has had one. */
export function WorkList() {
  const asks = new URLSearchParams(useSearch());
  const standing = standings.find((one) => shows[one] === asks.get("show")) ?? "Awaiting";
  const [typed, setTyped] = useState("");
  const [title] = useDebouncedValue(typed.trim(), 200);
  const [active, setActive] = useState(0);
  const [, navigate] = useLocation();
  const queries = useQueryClient();
  const body = useRef<HTMLTableSectionElement>(null);
  const asked = standingQuery(standing, title);
  const list = useInfiniteQuery(asked);
  const rows = list.data?.pages.flatMap((page) => page.rows) ?? [];
  const counts = useQuery(standingCountsQuery(title)).data;

  const watch = toQueryString({ quality_control: [...standings], title: title === "" ? undefined : title });
  const began = useRef<string>(undefined);
  const live = useLive(list.isSuccess ? watch : undefined, () => {
    // The first event tells what there is already.
    if (began.current === watch) void queries.invalidateQueries({ queryKey: ["requests", "quality-control"] });
    began.current = watch;
  });

  // The list takes the keys as soon as it is there.
  const there = rows.length > 0;
  useEffect(() => {
    if (there && document.activeElement === document.body) body.current?.querySelector<HTMLElement>("tr")?.focus();
  }, [there]);

  const hrefOf = (id: string) => "/quality-control/" + encodeURIComponent(id);
  const current = Math.min(active, Math.max(rows.length - 1, 0));
  const onKeyDown = (event: React.KeyboardEvent) => {
    const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
    if (event.key === "Enter" && rows[current] !== undefined) navigate(hrefOf(rows[current].request_id));
    else if (step !== undefined && !event.ctrlKey && !event.metaKey) {
      const next = Math.max(0, Math.min(rows.length - 1, current + step));
      setActive(next);
      body.current?.querySelectorAll<HTMLElement>("tr")[next]?.focus();
    } else return;
    event.preventDefault();
  };

  return (
    <Page
      title={t("list.title")}
      beside={
        <>
          <span className="sr-only" role="status">
            {counts !== undefined && t("list.total", { n: formatNumber(counts.get("Awaiting") ?? 0) })}
          </span>
          <LiveMark state={live} />
        </>
      }
      actions={
        <>
        <SegmentedControl
          size="xs"
          aria-label={t("list.standing")}
          value={standing}
          onChange={(value) => {
            navigate("/quality-control" + (value === "Awaiting" ? "" : "?show=" + shows[value as Standing]), { replace: true });
            setActive(0);
          }}
          data={standings.map((one) => ({
            value: one,
            label: (
              <>
                {valueName(one)} <span className={styles.number}>{counts === undefined ? "" : formatNumber(counts.get(one) ?? 0)}</span>
              </>
            ),
          }))}
        />
        <TextInput size="xs" className={styles.search} aria-label={t("list.search")} placeholder={t("list.search")} leftSection={<IconSearch size={14} aria-hidden />} value={typed} onChange={(event) => setTyped(event.currentTarget.value)} />
        </>
      }
    >
      <div className={styles.content} tabIndex={-1}>
        {rows.length > 0 && <p className={styles.soft}>{t("list.keys")}</p>}
        {list.isError && list.data === undefined && <ProblemNotice error={list.error} title={t("list.failed")} onRetry={() => void list.refetch()} />}
        {list.isSuccess && rows.length === 0 && title !== "" && <p className={styles.soft}>{t("list.noneFound")}</p>}
        {list.isSuccess && rows.length === 0 && title === "" && (
          <div className={styles.empty}>
            {standing === "Awaiting" && <IconCircleCheck size={32} stroke={1.5} aria-hidden className={styles.done} />}
            <p className={styles.heading}>{t(standing === "Awaiting" ? "list.done" : "list.none")}</p>
            {standing === "Awaiting" && <p className={styles.soft}>{t("list.arrives")}</p>}
          </div>
        )}
        {(list.isPending || rows.length > 0) && (
          <table className={`${table.table} ${styles.list}`} aria-busy={list.isPending}>
            <thead>
              <tr>
                {(["due", "name", "sourceType", "language", "partner", "status", "issues"] as const).map((column) => (
                  <th key={column} scope="col">
                    {t(`list.${column}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody ref={body} onKeyDown={onKeyDown}>
              {list.isPending &&
                Array.from({ length: 12 }, (_, i) => (
                  <tr key={i}>
                    {Array.from({ length: 7 }, (__, k) => (
                      <td key={k}>
                        <span className={table.bone} />
                      </td>
                    ))}
                  </tr>
                ))}
              {rows.map((row, i) => (
                <tr key={row.request_id} className={styles.row} tabIndex={i === current ? 0 : -1} onFocus={() => setActive(i)}>
                  <td>{row.due_date === undefined ? "" : formatDate(row.due_date)}</td>
                  <td className={table.strong}>
                    <Link href={hrefOf(row.request_id)} tabIndex={-1} className={styles.link}>
                      {row.title}
                    </Link>{" "}
                    <span className={table.soft}>{row.request_id}</span>
                  </td>
                  <td>{valueName(row.source_type ?? "")}</td>
                  <td>{row.language}</td>
                  <td>{row.fulfillment_partner?.name}</td>
                  <td>{valueName(row.status ?? "")}</td>
                  <td>{row.issues?.join(", ")}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
        {list.hasNextPage && (
          <Button variant="default" size="xs" mt="md" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t("list.more")}
          </Button>
        )}
      </div>
    </Page>
  );
}
