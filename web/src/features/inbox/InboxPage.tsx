import { Button, SegmentedControl, Select } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Fragment, useEffect, useRef, useState } from "react";
import { Link, useLocation, useSearch } from "wouter";
import { sentence } from "@/shared/api/problem";
import { keys } from "@/shared/lib/keys";
import { formatFullDate, formatNumber } from "@/shared/lib/format";
import { say } from "@/shared/lib/notice";
import { Page } from "@/shared/ui/Page";
import page from "@/shared/ui/Page.module.css";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import { inboxQuery, type Notification, unreadQuery } from "./api/getInbox";
import { rulesQuery } from "./api/rules";
import { useMark, useMarkUpTo } from "./api/mark";
import { byDay } from "./days";
import styles from "./InboxPage.module.css";
import { notificationKind } from "./kinds";
import { t } from "./messages/t";
import { NotificationLine } from "./NotificationLine";

/** What the account was told, by day. */
export function InboxPage() {
  const [, navigate] = useLocation();
  const asked = new URLSearchParams(useSearch());
  const unread = asked.get("show") !== "all";
  const kind = asked.get("kind") ?? undefined;
  const show = (next: { unread: boolean; kind: string | undefined }) => {
    const query = new URLSearchParams({ ...(next.unread ? {} : { show: "all" }), ...(next.kind === undefined ? {} : { kind: next.kind }) }).toString();
    navigate("/inbox" + (query === "" ? "" : "?" + query), { replace: true });
  };

  const inbox = useInfiniteQuery(inboxQuery({ unread, kind }));
  const count = useQuery(unreadQuery).data;
  const kinds = useQuery(rulesQuery).data?.kinds ?? [];
  const all = inbox.data?.pages.flatMap((one) => one.notifications) ?? [];
  const newest = all[0];
  const mark = useMark();
  const markUpTo = useMarkUpTo();
  const failed = { onError: (error: unknown) => say(sentence(error)) };

  const list = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState<string>(); // id of the notification that the keys go from
  const index = all.findIndex((one) => one.id === at);
  const place = useRef(0); // where it was, for when it goes
  const lost = useRef(false);
  if (index >= 0) place.current = index;
  const links = () => [...(list.current?.querySelectorAll<HTMLElement>("[data-notification]") ?? [])];
  const move = (by: number) => links()[index < 0 ? 0 : Math.max(0, Math.min(all.length - 1, index + by))]?.focus();
  const turn = (one: Notification) => {
    lost.current = unread; // it leaves this list, and the focus with it
    mark.mutate({ id: one.id, read: !one.read }, failed);
  };
  useEffect(() => {
    if (!lost.current || at === undefined || index >= 0) return;
    lost.current = false;
    links()[Math.min(place.current, all.length - 1)]?.focus();
  });
  useHotkeys([
    [keys.next, () => move(1)],
    ["ArrowDown", () => move(1)],
    [keys.previous, () => move(-1)],
    ["ArrowUp", () => move(-1)],
    [keys.markRead, () => index >= 0 && turn(all[index] as Notification)],
  ]);

  return (
    <Page
      title={t("title")}
      beside={
        <span role="status" className={page.count}>
          {count !== undefined && t("unread", { count, n: formatNumber(count) })}
        </span>
      }
      actions={<Link href="/inbox/rules">{t("rules.title")}</Link>}
    >
      <div className={page.tools}>
        <SegmentedControl
          aria-label={t("show")}
          value={unread ? "unread" : "all"}
          onChange={(value) => show({ unread: value === "unread", kind })}
          data={[
            { value: "unread", label: t("onlyUnread") },
            { value: "all", label: t("everything") },
          ]}
        />
        <Select
          aria-label={t("kindOf")}
          placeholder={t("everyKind")}
          clearable
          searchable
          className={styles.kind}
          value={kind ?? null}
          data={[...kinds, { kind: "digest", label: undefined }].map((one) => ({ value: one.kind, label: notificationKind(one.kind, one.label) }))}
          onChange={(value) => show({ unread, kind: value ?? undefined })}
        />
        <span className={page.gap} />
        <Button variant="default" disabled={newest === undefined || count === 0} loading={markUpTo.isPending} onClick={() => newest !== undefined && markUpTo.mutate({ id: newest.id }, failed)}>
          {t("allRead")}
        </Button>
      </div>
      <div ref={list} className={page.body}>
        {inbox.isError && inbox.data === undefined ? (
          <ProblemNotice error={inbox.error} title={t("failed")} onRetry={() => void inbox.refetch()} />
        ) : inbox.data === undefined ? (
          <Bones />
        ) : all.length === 0 ? (
          <Empty unread={unread} kind={kind} onAll={() => show({ unread: false, kind: undefined })} />
        ) : (
          byDay(all).map(({ day, items }) => (
            <Fragment key={day}>
              <h2 className={styles.day}>{formatFullDate(day)}</h2>
              <ul className={styles.lines}>
                {items.map((one) => (
                  <NotificationLine key={one.id} notification={one} onFocus={() => setAt(one.id)} onOpen={() => !one.read && mark.mutate({ id: one.id, read: true })} onTurn={() => turn(one)} />
                ))}
              </ul>
            </Fragment>
          ))
        )}
        {inbox.hasNextPage && (
          <Button variant="default" className={styles.more} loading={inbox.isFetchingNextPage} onClick={() => void inbox.fetchNextPage()}>
            {t("older")}
          </Button>
        )}
      </div>
    </Page>
  );
}

function Empty({ unread, kind, onAll }: { unread: boolean; kind: string | undefined; onAll: () => void }) {
  return (
    <div className={styles.empty}>
      <p>{t(unread ? "noneUnread" : kind === undefined ? "none" : "noneOfKind")}</p>
      {unread || kind !== undefined ? (
        <Button variant="default" onClick={onAll}>
          {t("showAll")}
        </Button>
      ) : (
        <Button component={Link} href="/inbox/rules">
          {t("rules.new")}
        </Button>
      )}
    </div>
  );
}

function Bones() {
  return (
    <div role="status" aria-label={t("common.loading")} className={styles.bones}>
      {Array.from({ length: 6 }, (_, i) => (
        <span key={i} className={styles.bone} />
      ))}
    </div>
  );
}
