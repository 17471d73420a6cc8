import { Link, useLocation } from "wouter";
import styles from "./PageTabs.module.css";

interface Props {
  label: string;
  tabs: { path: string; name: string; count?: number | undefined }[]; // a count of nothing is not shown
  current?: string; // the path of the one that is shown, where it is not the page's
  replace?: boolean; // parts of one page: the way back leads out of it
}

/** The links between pages that belong together, or between the parts of one, in their head. */
export function PageTabs({ label, tabs, current, replace = false }: Props) {
  const [path] = useLocation();
  return (
    <nav aria-label={label} className={styles.tabs}>
      {tabs.map((tab) => (
        <Link key={tab.path} href={tab.path} replace={replace} className={styles.tab} aria-current={tab.path === (current ?? path) ? "page" : undefined}>
          {tab.name}
          {tab.count !== undefined && tab.count > 0 && <span className={styles.count}>{tab.count}</span>}
        </Link>
      ))}
    </nav>
  );
}
