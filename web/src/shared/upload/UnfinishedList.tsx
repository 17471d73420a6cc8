import { IconRefresh, IconX } from "@tabler/icons-react";
import { formatNumber, formatSize } from "@/shared/lib/format";
import { FileName } from "./FileName";
import { t } from "./messages/t";
import { Tool } from "./Tool";
import styles from "./Upload.module.css";

const shown = 50;

interface Props<F> {
  title: string;
  how: string; // to go on with them
  files: readonly F[];
  aboutOf: (file: F) => string; // what it is for
  onCancel: (file: F) => void;
}

/** Files that have not arrived whole. A page that was loaded again has no hold of them any more. */
export function UnfinishedList<F extends { id: string; name: string; size: number; received: number; problem: string | null }>({ title, how, files, aboutOf, onCancel }: Props<F>) {
  if (files.length === 0) return null;
  return (
    <section className={styles.unfinished} aria-label={title}>
      <h2 className={styles.title}>{title}</h2>
      <p className={styles.note}>{how}</p>
      <ul>
        {files.slice(0, shown).map((one) => (
          <li key={one.id}>
            <IconRefresh size={14} aria-hidden />
            <FileName name={one.name} />
            <span className={styles.bytes}>{t("bytes", { sent: formatSize(one.received), size: formatSize(one.size) })}</span>
            <span className={styles.soft}>{aboutOf(one)}</span>
            <Tool label={t("cancelFile")} name={one.name} onClick={() => onCancel(one)}>
              <IconX size={16} />
            </Tool>
            {one.problem !== null && <span className={styles.why}>{one.problem}</span>}
          </li>
        ))}
      </ul>
      {files.length > shown && <p className={styles.note}>{t("moreFiles", { count: files.length - shown, n: formatNumber(files.length - shown) })}</p>}
    </section>
  );
}
