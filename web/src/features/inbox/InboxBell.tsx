import { ActionIcon, Tooltip } from "@mantine/core";
import { IconBell } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useLocation } from "wouter";
import { formatNumber } from "@/shared/lib/format";
import { unreadQuery } from "./api/getInbox";
import styles from "./InboxBell.module.css";
import { t } from "./messages/t";

/** The way to the inbox, with how much of it was not read. */
export function InboxBell() {
  const [path] = useLocation();
  const unread = useQuery(unreadQuery).data ?? 0;
  const label = unread === 0 ? t("bell.none") : t("bell.unread", { count: unread, n: formatNumber(unread) });
  return (
    <>
      <Tooltip label={label}>
        <ActionIcon component={Link} href="/inbox" variant="subtle" color="gray" className={styles.bell} aria-label={label} aria-current={path === "/inbox" ? "page" : undefined}>
          <IconBell size={16} aria-hidden />
          {unread > 0 && (
            <span className={styles.count} aria-hidden>
              {unread > 99 ? "99+" : unread}
            </span>
          )}
        </ActionIcon>
      </Tooltip>
      <span role="status" className="sr-only">
        {unread > 0 && label}
      </span>
    </>
  );
}
