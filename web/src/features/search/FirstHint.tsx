import { Link } from "wouter";
import type { Session } from "@/shared/api/session";
import type { MessageKey } from "@/shared/i18n/t";
import { t } from "@/shared/i18n/t";
import { Words } from "@/shared/i18n/Words";
import styles from "./FirstHint.module.css";

const starts: { label: MessageKey; query: string }[] = [
  { label: "first.dueSoon", query: "due_date=next+14+days" },
  { label: "first.overdue", query: "due_date=overdue&group=language" },
  { label: "first.redeliveries", query: "status=Redelivery+Requested" },
  { label: "first.everything", query: "group=source_type,language" },
];

const kbd = (text: string) => <kbd>{text}</kbd>;
const em = (text: string) => <em>{text}</em>;

/** What to do when nothing was searched for yet. */
export function FirstHint({ scope, byDefault }: { scope: Session["scope"]; byDefault: string | undefined }) {
  return (
    <section className={styles.hint} aria-label={t("first.how")}>
      <p className={styles.first}>
        {byDefault !== undefined ? <Words text={t("first.enterDefault", { name: byDefault })} tags={{ kbd }} /> : <Words text={t(scope === null ? "first.enter" : "first.enterYours")} tags={{ kbd }} />}
      </p>
      <p className={styles.second}>
        <Words text={t("first.narrow")} tags={{ kbd, em }} />
      </p>
      <ul className={styles.starts}>
        {starts.map((s) => (
          <li key={s.query}>
            <Link href={"/requests?" + s.query}>{t(s.label)}</Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
