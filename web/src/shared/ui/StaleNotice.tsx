import { IconRefreshDot } from "@tabler/icons-react";
import { t } from "@/shared/i18n/t";
import styles from "./StaleNotice.module.css";

/** Says that an older read model answers while the new one is being built. */
export function StaleNotice() {
  return (
    <p role="status" className={styles.notice}>
      <IconRefreshDot size={14} aria-hidden />
      {t("common.stale")}
    </p>
  );
}
