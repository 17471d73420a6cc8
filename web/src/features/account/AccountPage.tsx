import { useQuery } from "@tanstack/react-query";
import { Page } from "@/shared/ui/Page";
import page from "@/shared/ui/Page.module.css";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import styles from "./AccountPage.module.css";
import { ownAccountQuery } from "./api/getOwnAccount";
import { t } from "./messages/t";
import { PasswordSection } from "./PasswordSection";
import { PersonSection } from "./PersonSection";
import { SessionsSection } from "./SessionsSection";
import { TokensSection } from "./TokensSection";

/** One's own account. */
export function AccountPage() {
  const own = useQuery(ownAccountQuery);
  return (
    <Page title={t("title")}>
      <div className={`${page.body} ${styles.column}`}>
        {own.isError && own.data === undefined ? (
          <ProblemNotice error={own.error} title={t("failed")} onRetry={() => void own.refetch()} />
        ) : (
          <>
            <PersonSection account={own.data} />
            <PasswordSection login={own.data?.email ?? ""} />
            <TokensSection />
            <SessionsSection />
          </>
        )}
      </div>
    </Page>
  );
}
