import { Button, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { formatNumber, roleLabel } from "@/shared/lib/format";
import { DataTable } from "@/shared/ui/DataTable";
import table from "@/shared/ui/DataTable.module.css";
import { Dialog } from "@/shared/ui/Dialog";
import { Page } from "@/shared/ui/Page";
import page from "@/shared/ui/Page.module.css";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import styles from "./AccountsPage.module.css";
import { type Organisation, organisationsQuery } from "./api/getOrganisations";
import { t } from "./messages/t";
import { RegisterForm } from "./RegisterForm";
import { RenameForm } from "./RenameForm";
import { Tabs } from "./Tabs";

/** The partners, for operators. */
export function OrganisationsPage() {
  const [text, setText] = useState("");
  const [registering, setRegistering] = useState(false);
  const [renaming, setRenaming] = useState<Organisation>();
  const organisations = useQuery(organisationsQuery);
  const wanted = text.trim().toLowerCase();
  const shown = organisations.data?.organisations.filter((o) => o.name.toLowerCase().includes(wanted));
  return (
    <Page title={t("page.organisations")} beside={<Tabs />}>
      <div className={page.tools}>
        <TextInput aria-label={t("organisations.search")} placeholder={t("list.byName")} leftSection={<IconSearch size={16} aria-hidden />} className={styles.search} value={text} onChange={(event) => setText(event.currentTarget.value)} />
        <span role="status" className={page.count}>
          {shown !== undefined && t("organisations.count", { count: shown.length, n: formatNumber(shown.length) })}
        </span>
        <span className={page.gap} />
        <Button onClick={() => setRegistering(true)}>{t("organisations.register")}</Button>
      </div>
      <div className={page.body}>
        {organisations.isError && organisations.data === undefined ? (
          <ProblemNotice error={organisations.error} title={t("organisations.failed")} onRetry={() => void organisations.refetch()} />
        ) : shown !== undefined && shown.length === 0 ? (
          <p className={table.empty}>{wanted === "" ? t("organisations.none") : t("organisations.notFound", { text: text.trim() })}</p>
        ) : (
          <DataTable label={t("page.organisations")} heads={[t("list.name"), t("organisations.kind")]} actions={t("list.actions")}>
            {shown?.map((o) => (
              <tr key={o.id}>
                <td className={table.strong}>{o.name}</td>
                <td>{o.kinds.map((kind) => roleLabel(kind)).join(", ")}</td>
                <td className={table.actions}>
                  <Button size="compact-sm" variant="default" aria-label={t("organisations.renameOf", { name: o.name })} onClick={() => setRenaming(o)}>
                    {t("organisations.renameOpen")}
                  </Button>
                </td>
              </tr>
            ))}
          </DataTable>
        )}
      </div>
      {registering && (
        <Dialog title={t("register.title")} onClose={() => setRegistering(false)}>
          <RegisterForm onDone={() => setRegistering(false)} />
        </Dialog>
      )}
      {renaming !== undefined && (
        <Dialog title={t("organisations.renameOf", { name: renaming.name })} onClose={() => setRenaming(undefined)}>
          <RenameForm organisation={renaming} onDone={() => setRenaming(undefined)} />
        </Dialog>
      )}
    </Page>
  );
}
