import { ActionIcon, Tooltip } from "@mantine/core";
import { IconMail, IconMailOpened } from "@tabler/icons-react";
import { Link } from "wouter";
import { valueName } from "@/shared/i18n/values";
import { formatClock, formatInstant, formatNumber } from "@/shared/lib/format";
import { capsOf } from "@/shared/lib/keys";
import type { Notification } from "./api/getInbox";
import styles from "./InboxPage.module.css";
import { notificationKind } from "./kinds";
import { t } from "./messages/t";

interface Props {
  notification: Notification;
  onFocus: () => void;
  onOpen: () => void;
  onTurn: () => void;
}

const named = 3; // requests of a digest

export function NotificationLine({ notification: one, onFocus, onOpen, onTurn }: Props) {
  const turn = t(one.read ? "markUnread" : "markRead");
  return (
    <li className={styles.line} data-unread={!one.read || undefined} onFocus={onFocus}>
      <span className={styles.dot}>{!one.read && <span className="sr-only">{t("isUnread")}</span>}</span>
      <Link href={hrefOf(one)} className={styles.what} data-notification onClick={onOpen}>
        <span className={styles.title}>{titleOf(one)}</span>
        {one.request !== null && (
          <span className={styles.soft}>
            {valueName(one.request.source_type)} · {one.request.language} · {one.request.request_id}
          </span>
        )}
        <span className={styles.summary}>{one.summary}</span>
        {one.digest !== null && <span className={styles.soft}>{namesOf(one.digest)}</span>}
      </Link>
      <span className={styles.aside}>
        <span className={styles.kindName}>{notificationKind(one.kind)}</span>
        <span className={styles.soft}>{one.rule === null ? t(one.kind === "mentioned" ? "byMention" : "ruleGone") : t("byRule", { name: one.rule.name })}</span>
      </span>
      <time dateTime={one.at} title={formatInstant(one.at)} className={styles.time}>
        {formatClock(one.at)}
      </time>
      <Tooltip label={`${turn} (${capsOf("markRead").join(" ")})`}>
        <ActionIcon variant="subtle" color="gray" aria-label={turn} onClick={onTurn}>
          {one.read ? <IconMail size={16} aria-hidden /> : <IconMailOpened size={16} aria-hidden />}
        </ActionIcon>
      </Tooltip>
    </li>
  );
}

function titleOf({ request, digest, kind }: Notification): string {
  if (request !== null) return request.title;
  return digest === null ? notificationKind(kind) : t("digestOf", { count: digest.total, n: formatNumber(digest.total) });
}

function namesOf(digest: NonNullable<Notification["digest"]>): string {
  const names = digest.requests.slice(0, named).map((r) => r.title).join(", ");
  const more = digest.total - Math.min(named, digest.requests.length);
  return more > 0 ? t("andMore", { names, n: formatNumber(more) }) : names;
}

/** The request; of a digest all of its requests, as far as a search can name them. */
function hrefOf({ request, digest, kind }: Notification): string {
  if (request !== null) return "/requests/" + encodeURIComponent(request.request_id) + (kind === "mentioned" ? "/comments" : "");
  if (digest === null) return "/inbox";
  const query = new URLSearchParams(digest.requests.map((r) => ["request_id", r.request_id]));
  query.append("status", "All");
  query.append("bucket", "all");
  return "/requests?" + query.toString();
}
