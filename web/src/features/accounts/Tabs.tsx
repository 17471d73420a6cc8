import { PageTabs } from "@/shared/ui/PageTabs";
import { t } from "./messages/t";

const tabs = [
  { path: "/accounts", name: t("page.accounts") },
  { path: "/accounts/organisations", name: t("page.organisations") },
];

/** What operators keep: people, and the partners that they belong to. */
export function Tabs() {
  return <PageTabs label={t("page.tabs")} tabs={tabs} />;
}
