import { capsOf, type Key } from "../lib/keys";
import styles from "./Keys.module.css";

/** Keys to press, as caps. */
export function Keys({ of }: { of: Key }) {
  return (
    <span className={styles.keys}>
      {capsOf(of).map((cap) => (
        <kbd key={cap} className={styles.cap}>
          {cap}
        </kbd>
      ))}
    </span>
  );
}
