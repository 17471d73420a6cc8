import { IconWifiOff } from "@tabler/icons-react";
import { onlineManager } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { t } from "@/shared/i18n/t";
import styles from "./Shell.module.css";

/** Says that nothing new comes, for as long as there is no connection. */
export function OfflineNotice() {
  const online = useSyncExternalStore(
    (listener) => onlineManager.subscribe(listener),
    () => onlineManager.isOnline(),
  );
  return (
    <span role="status" className={online ? "sr-only" : styles.offline}>
      {!online && (
        <>
          <IconWifiOff size={16} aria-hidden />
          {t("common.offline")}
        </>
      )}
    </span>
  );
}
