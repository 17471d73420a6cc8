import type { Session } from "@/shared/api/session";
import page from "@/shared/ui/Page.module.css";
import styles from "./Audit.module.css";
import { AuditFrame } from "./AuditFrame";
import { t } from "./messages/t";
import { SealsSection } from "./SealsSection";
import { VerifySection } from "./VerifySection";

/** Whether the log is what was recorded: verifying and sealing. */
export function IntegrityPage({ session }: { session: Session }) {
  return (
    <AuditFrame session={session} name={t("integrity")}>
      <div className={page.body}>
        <div className={styles.column}>
          <VerifySection />
          <SealsSection />
        </div>
      </div>
    </AuditFrame>
  );
}
