import { Link } from "wouter";
import { valueName } from "@/shared/i18n/values";
import { kindName } from "@/shared/kinds/kinds";
import { Days, TimeOfDay } from "@/shared/story/Days";
import { Told } from "@/shared/story/Told";
import { whoBeside } from "@/shared/story/telling";
import type { AuditEntry } from "./api/searchAudit";
import styles from "./Entries.module.css";
import { t } from "./messages/t";

/** What was done, newest first, by day. */
export function Entries({ entries }: { entries: AuditEntry[] }) {
  return <Days entries={entries}>{(entry) => <Entry key={entry.id} entry={entry} />}</Days>;
}

function Entry({ entry: e }: { entry: AuditEntry }) {
  const who = whoBeside(e);
  const history = `/requests/${encodeURIComponent(e.request_id)}/history?at=${e.at}`;
  return (
    <li className={styles.entry}>
      <TimeOfDay at={e.at} />
      <span className={styles.kind}>
        {kindName(e.kind)}
        {who !== null && <span className={styles.note}>{who}</span>}
      </span>
      <span className={styles.request}>
        <Link href={history} title={t("list.history")}>
          {e.title}
        </Link>
        <span className={styles.note}>
          {valueName(e.source_type)} · {e.language} · {e.request_id}
        </span>
      </span>
      <div className={styles.what}>
        <Told entry={e} />
      </div>
    </li>
  );
}

/** As high as the entries that follow. */
export function WaitingEntries() {
  return (
    <div role="status" aria-busy aria-label={t("list.searching")} className={styles.waiting}>
      {Array.from({ length: 12 }, (_, i) => (
        <div key={i} className={styles.entry}>
          <span className={styles.bone} style={{ width: 40 }} />
          <span className={styles.bone} style={{ width: 120 }} />
          <span className={styles.bone} style={{ width: 140 + ((i * 53) % 90) }} />
          <span className={styles.bone} style={{ width: 240 + ((i * 97) % 280) }} />
        </div>
      ))}
    </div>
  );
}
