import { Title } from "@mantine/core";
import type { Session } from "@/shared/api/session";
import { PageTabs } from "@/shared/ui/PageTabs";
import styles from "./Audit.module.css";
import { t } from "./messages/t";
import { watchesOver } from "./rights";

const tabs = [
  { path: "/audit", name: t("search") },
  { path: "/audit/integrity", name: t("integrity") },
];

/** The head of the audit's pages; who may not watch over the log has one of them only. */
export function AuditHead({ session }: { session: Session }) {
  return (
    <div className={styles.head}>
      <Title order={1}>{t("title")}</Title>
      {watchesOver(session) && <PageTabs label={t("parts")} tabs={tabs} />}
    </div>
  );
}
