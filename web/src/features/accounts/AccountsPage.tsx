import { Button, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Session } from "@/shared/api/session";
import { formatNumber } from "@/shared/lib/format";
import table from "@/shared/ui/DataTable.module.css";
import { Page } from "@/shared/ui/Page";
import page from "@/shared/ui/Page.module.css";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import { AccountDialogs, type Asked } from "./AccountDialogs";
import styles from "./AccountsPage.module.css";
import { AccountTable } from "./AccountTable";
import { accountsQuery } from "./api/getAccounts";
import { t } from "./messages/t";
import { keepsAccounts } from "./rights";
import { Tabs } from "./Tabs";

/** Those who use the portal, as far as one may know of them. */
export function AccountsPage({ session }: { session: Session }) {
  const keeper = keepsAccounts(session);
  const colleagues = !keeper && session.role !== "auditor";
  const title = t(colleagues ? "page.colleagues" : "page.accounts");
  const [text, setText] = useState("");
  const [q] = useDebouncedValue(text.trim(), 200);
  const [showErased, setShowErased] = useState(false);
  const [asked, setAsked] = useState<Asked>();
  const accounts = useQuery(accountsQuery(q));
  const known = accounts.data?.accounts ?? [];
  const erased = known.filter((account) => account.standing === "erased").length;
  const shown = showErased ? known : known.filter((account) => account.standing !== "erased");
  return (
    <Page title={title} beside={session.role === "operator" && <Tabs />}>
      <div className={page.tools}>
        <TextInput
          aria-label={t(colleagues ? "list.searchColleagues" : "list.search")}
          placeholder={t(keeper ? "list.by" : "list.byName")}
          leftSection={<IconSearch size={16} aria-hidden />}
          maxLength={200}
          className={styles.search}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <span role="status" className={page.count}>
          {accounts.data !== undefined && t("list.count", { count: shown.length, n: formatNumber(shown.length) })}
        </span>
        {erased > 0 && (
          <Button variant="subtle" color="gray" aria-pressed={showErased} onClick={() => setShowErased(!showErased)}>
            {showErased ? t("list.hideErased") : t("list.showErased", { n: formatNumber(erased) })}
          </Button>
        )}
        <span className={page.gap} />
        {keeper && <Button onClick={() => setAsked({ what: "invite" })}>{t("list.invite")}</Button>}
      </div>
      <div className={page.body}>
        {accounts.isError && accounts.data === undefined ? (
          <ProblemNotice error={accounts.error} title={t("list.failed")} onRetry={() => void accounts.refetch()} />
        ) : accounts.data !== undefined && shown.length === 0 ? (
          <p className={table.empty}>{q === "" ? t("list.none") : t("list.notFound", { text: q })}</p>
        ) : (
          <AccountTable session={session} accounts={accounts.data === undefined ? undefined : shown} onAsk={(what, account) => setAsked({ what, account })} />
        )}
      </div>
      <AccountDialogs session={session} asked={asked} onClose={() => setAsked(undefined)} />
    </Page>
  );
}
