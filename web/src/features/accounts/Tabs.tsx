import { Link, useLocation } from "wouter";
import { t } from "./messages/t";
import styles from "./AccountsPage.module.css";

const tabs = [
  { path: "/accounts", label: t("page.accounts") },
  { path: "/accounts/organisations", label: t("page.organisations") },
];

/** What operators keep: people, and the partners that they belong to. */
export function Tabs() {
  const [path] = useLocation();
  return (
    <nav aria-label={t("page.tabs")} className={styles.tabs}>
      {tabs.map((tab) => (
        <Link key={tab.path} href={tab.path} className={styles.tab} aria-current={tab.path === path ? "page" : undefined}>
          {tab.label}
        </Link>
      ))}
    </nav>
  );
}
