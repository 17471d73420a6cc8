import { Title } from "@mantine/core";
import { Link, useLocation } from "wouter";
import type { Session } from "@/shared/api/session";
import styles from "./Audit.module.css";
import { t } from "./messages/t";
import { watchesOver } from "./rights";

/** The head of the audit's pages; who may not watch over the log has one of them only. */
export function AuditHead({ session }: { session: Session }) {
  const [path] = useLocation();
  const tabs = [
    { path: "/audit", name: t("search") },
    { path: "/audit/integrity", name: t("integrity") },
  ];
  return (
    <div className={styles.head}>
      <Title order={1}>{t("title")}</Title>
      {watchesOver(session) && (
        <nav aria-label={t("parts")} className={styles.tabs}>
          {tabs.map((tab) => (
            <Link key={tab.path} href={tab.path} className={styles.tab} aria-current={tab.path === path ? "page" : undefined}>
              {tab.name}
            </Link>
          ))}
        </nav>
      )}
    </div>
  );
}
