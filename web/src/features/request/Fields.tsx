import type { ReactNode } from "react";
import { t } from "./messages/t";
import styles from "./Fields.module.css";

/** Labels with their values. */
export function Fields({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={styles.section}>
      <h2 className={styles.title}>{title}</h2>
      <dl className={styles.list}>{children}</dl>
    </section>
  );
}

interface FieldProps {
  label: string;
  children: ReactNode; // null and "" are no value
  action?: ReactNode;
}

export function Field({ label, children, action }: FieldProps) {
  const none = children === null || children === "" || children === undefined;
  return (
    <div className={styles.field}>
      <dt>{label}</dt>
      <dd>
        {none ? <span className={styles.none}>{t("field.none")}</span> : <span>{children}</span>}
        {action}
      </dd>
    </div>
  );
}
