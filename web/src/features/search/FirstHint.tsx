import { Link } from "wouter";
import type { Session } from "@/shared/api/session";
import styles from "./FirstHint.module.css";

const starts = [
  { label: "What is due in the next 14 days", query: "due_date=next+14+days" },
  { label: "What is overdue, by language", query: "due_date=overdue&group=language" },
  { label: "Redeliveries that were asked for", query: "status=Redelivery+Requested" },
  { label: "Everything, by source type and language", query: "group=source_type,language" },
];

/** What to do when nothing was searched for yet. */
export function FirstHint({ scope }: { scope: Session["scope"] }) {
  return (
    <section className={styles.hint} aria-label="How to begin">
      <p className={styles.first}>
        Press <kbd>Enter</kbd> to see everything{scope === null ? "" : " that is yours"}.
      </p>
      <p className={styles.second}>
        Or narrow it first: type a modifier such as <em>language</em> or <em>due date</em>, or words of a title. <kbd>/</kbd> brings you back to the search from anywhere.
      </p>
      <ul className={styles.starts}>
        {starts.map((s) => (
          <li key={s.query}>
            <Link href={"/requests?" + s.query}>{s.label}</Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
