import { Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
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
    <main className={styles.page}>
      <title>{`${t("title")} · Backlot`}</title>
      <div className={styles.column}>
        <Title order={1} className={styles.title}>
          {t("title")}
        </Title>
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
    </main>
  );
}
