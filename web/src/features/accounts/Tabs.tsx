import { Link, useLocation } from "wouter";
import styles from "./AccountsPage.module.css";

const tabs = [
  { path: "/accounts", label: "Accounts" },
  { path: "/accounts/organisations", label: "Organisations" },
];

/** What operators keep: people, and the partners that they belong to. */
export function Tabs() {
  const [path] = useLocation();
  return (
    <nav aria-label="What operators keep" className={styles.tabs}>
      {tabs.map((tab) => (
        <Link key={tab.path} href={tab.path} className={styles.tab} aria-current={tab.path === path ? "page" : undefined}>
          {tab.label}
        </Link>
      ))}
    </nav>
  );
}
