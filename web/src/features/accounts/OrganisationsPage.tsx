import { Button, TextInput, Title } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { formatNumber } from "@/shared/lib/format";
import table from "@/shared/ui/DataTable.module.css";
import { Dialog } from "@/shared/ui/Dialog";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import styles from "./AccountsPage.module.css";
import { type Organisation, organisationsQuery } from "./api/getOrganisations";
import { RegisterForm } from "./RegisterForm";
import { RenameForm } from "./RenameForm";
import { Tabs } from "./Tabs";

const kindLabels: Record<Organisation["kinds"][number], string> = { content_partner: "Content partner", fulfillment_partner: "Fulfillment partner" };

/** The partners, for operators. */
export function OrganisationsPage() {
  const [text, setText] = useState("");
  const [registering, setRegistering] = useState(false);
  const [renaming, setRenaming] = useState<Organisation>();
  const organisations = useQuery(organisationsQuery);
  const wanted = text.trim().toLowerCase();
  const shown = organisations.data?.organisations.filter((o) => o.name.toLowerCase().includes(wanted));
  return (
    <main className={styles.page}>
      <title>Organisations · Backlot</title>
      <div className={styles.head}>
        <Title order={1}>Organisations</Title>
        <Tabs />
      </div>
      <div className={styles.tools}>
        <TextInput aria-label="Search organisations" placeholder="Name" leftSection={<IconSearch size={16} aria-hidden />} className={styles.search} value={text} onChange={(event) => setText(event.currentTarget.value)} />
        <span role="status" className={styles.count}>
          {shown !== undefined && `${formatNumber(shown.length)} ${shown.length === 1 ? "organisation" : "organisations"}`}
        </span>
        <span className={styles.gap} />
        <Button onClick={() => setRegistering(true)}>Register…</Button>
      </div>
      <div className={styles.list}>
        {organisations.isError && organisations.data === undefined ? (
          <ProblemNotice error={organisations.error} title="The organisations cannot be shown" onRetry={() => void organisations.refetch()} />
        ) : shown !== undefined && shown.length === 0 ? (
          <p className={table.empty}>{wanted === "" ? "No partner is registered yet. Importing requests registers theirs." : `No organisation is found by “${text.trim()}”.`}</p>
        ) : (
          <table className={`${table.table} ${styles.narrow}`} aria-label="Organisations" aria-busy={shown === undefined}>
            <thead>
              <tr>
                <th scope="col">Name</th>
                <th scope="col">Kind</th>
                <th scope="col">
                  <span className="sr-only">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {shown === undefined
                ? Array.from({ length: 8 }, (_, i) => (
                    <tr key={i}>
                      <td colSpan={3}>
                        <span className={table.bone} />
                      </td>
                    </tr>
                  ))
                : shown.map((o) => (
                    <tr key={o.id}>
                      <td className={table.strong}>{o.name}</td>
                      <td>{o.kinds.map((kind) => kindLabels[kind]).join(", ")}</td>
                      <td className={table.actions}>
                        <Button size="compact-sm" variant="default" aria-label={`Rename ${o.name}`} onClick={() => setRenaming(o)}>
                          Rename…
                        </Button>
                      </td>
                    </tr>
                  ))}
            </tbody>
          </table>
        )}
      </div>
      {registering && (
        <Dialog title="Register an organisation" onClose={() => setRegistering(false)}>
          <RegisterForm onDone={() => setRegistering(false)} />
        </Dialog>
      )}
      {renaming !== undefined && (
        <Dialog title={`Rename ${renaming.name}`} onClose={() => setRenaming(undefined)}>
          <RenameForm organisation={renaming} onDone={() => setRenaming(undefined)} />
        </Dialog>
      )}
    </main>
  );
}
