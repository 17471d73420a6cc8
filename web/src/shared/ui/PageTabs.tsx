import { Link, useLocation } from "wouter";
import styles from "./PageTabs.module.css";

/** The links between pages that belong together, in their head. */
export function PageTabs({ label, tabs }: { label: string; tabs: { path: string; name: string }[] }) {
  const [path] = useLocation();
  return (
    <nav aria-label={label} className={styles.tabs}>
      {tabs.map((tab) => (
        <Link key={tab.path} href={tab.path} className={styles.tab} aria-current={tab.path === path ? "page" : undefined}>
          {tab.name}
        </Link>
      ))}
    </nav>
  );
}
