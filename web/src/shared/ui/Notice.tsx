import { t } from "@/shared/i18n/t";
import { say, useNotice } from "@/shared/lib/notice";
import styles from "./Notice.module.css";

/** Where a sentence is read that has no place of its own. */
export function Notice() {
  const text = useNotice();
  return (
    <div role="status" className={text === undefined ? "sr-only" : styles.notice}>
      {text}
      {text !== undefined && (
        <button type="button" className={styles.close} aria-label={t("common.close")} title={t("common.close")} onClick={() => say(undefined)}>
          ×
        </button>
      )}
    </div>
  );
}
