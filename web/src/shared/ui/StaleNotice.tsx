import { IconRefreshDot } from "@tabler/icons-react";
import styles from "./StaleNotice.module.css";

/** Says that an older read model answers while the new one is being built. */
export function StaleNotice() {
  return (
    <p role="status" className={styles.notice}>
      <IconRefreshDot size={14} aria-hidden />
      Data is catching up: the newest changes may be missing for a moment.
    </p>
  );
}
