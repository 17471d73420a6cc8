import type { Session } from "@/shared/api/session";
import styles from "./Audit.module.css";
import { AuditHead } from "./AuditHead";
import { t } from "./messages/t";
import { SealsSection } from "./SealsSection";
import { VerifySection } from "./VerifySection";

/** Whether the log is what was recorded: verifying and sealing. */
export function IntegrityPage({ session }: { session: Session }) {
  return (
    <main className={styles.page}>
      <title>{`${t("integrity")} · Backlot`}</title>
      <AuditHead session={session} />
      <div className={styles.sections}>
        <div className={styles.column}>
          <VerifySection />
          <SealsSection />
        </div>
      </div>
    </main>
  );
}
