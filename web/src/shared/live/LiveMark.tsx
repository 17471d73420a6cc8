import { Tooltip } from "@mantine/core";
import type { LiveState } from "./events";
import styles from "./LiveMark.module.css";

const words: Record<Exclude<LiveState, "off">, [string, string]> = {
  connecting: ["connecting", "Changes will show here as others work."],
  live: ["live", "Changes show here as others work."],
  reconnecting: ["reconnecting", "The server does not answer just now. What is shown is read again from time to time."],
  offline: ["offline", "There is no network. What is shown may be old."],
};

/** How the stream of changes stands. */
export function LiveMark({ state }: { state: LiveState }) {
  if (state === "off") return null;
  const [word, tip] = words[state];
  return (
    <Tooltip label={tip}>
      <span className={styles.mark} data-state={state} tabIndex={0}>
        {word}
      </span>
    </Tooltip>
  );
}
