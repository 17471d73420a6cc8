import type { ReactNode } from "react";
import type { Session } from "@/shared/api/session";
import { Page } from "@/shared/ui/Page";
import { PageTabs } from "@/shared/ui/PageTabs";
import { t } from "./messages/t";
import { watchesOver } from "./rights";

const tabs = [
  { path: "/audit", name: t("search") },
  { path: "/audit/integrity", name: t("integrity") },
];

/** One of the audit's pages; who may not watch over the log has one of them only. */
export function AuditFrame({ session, name, children }: { session: Session; name?: string; children: ReactNode }) {
  return (
    <Page title={t("title")} {...(name === undefined ? {} : { name })} beside={watchesOver(session) && <PageTabs label={t("parts")} tabs={tabs} />}>
      {children}
    </Page>
  );
}
