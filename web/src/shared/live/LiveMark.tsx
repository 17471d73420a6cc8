import { Tooltip } from "@mantine/core";
import { t } from "../i18n/t";
import type { LiveState } from "./events";
import styles from "./LiveMark.module.css";

/** How the stream of changes stands. */
export function LiveMark({ state }: { state: LiveState }) {
  if (state === "off") return null;
  return (
    <Tooltip label={t(`live.${state}Tip`)}>
      <span className={styles.mark} data-state={state} tabIndex={0}>
        {t(`live.${state}`)}
      </span>
    </Tooltip>
  );
}
