import { named } from "@/shared/i18n/t";
import { t } from "./messages/t";
import { type Change, changesBeside, quotesBeside, shownValue, type StoryEntry } from "./telling";
import styles from "./Told.module.css";

/** A sentence of a history with what it does not say: texts in full, before and after. */
export function Told({ entry: e }: { entry: StoryEntry }) {
  const changes = changesBeside(e);
  return (
    <>
      <p className={styles.summary}>{e.summary}</p>
      {quotesBeside(e).map((said) => (
        <blockquote key={said} className={styles.quote}>
          {said}
        </blockquote>
      ))}
      {changes.length > 0 &&
        (e.kind === "opened" ? (
          <details className={styles.all}>
            <summary>{t("all", { count: changes.length })}</summary>
            <Changes changes={changes} />
          </details>
        ) : (
          <Changes changes={changes} />
        ))}
    </>
  );
}

function Changes({ changes }: { changes: Change[] }) {
  return (
    <ul className={styles.changes}>
      {changes.map((c) => (
        <li key={c.field}>
          {named("field", c.field, c.label)}: <Value value={c.from} before /> → <Value value={c.to} />
        </li>
      ))}
    </ul>
  );
}

function Value({ value, before = false }: { value: string | null; before?: boolean }) {
  if (value === null) return <span className={styles.none}>{t("none")}</span>;
  return before ? <del>{shownValue(value)}</del> : <ins>{shownValue(value)}</ins>;
}
