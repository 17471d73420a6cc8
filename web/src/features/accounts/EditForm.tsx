import { Button } from "@mantine/core";
import { useState } from "react";
import { faultBeside } from "@/shared/api/problem";
import type { Session } from "@/shared/api/session";
import form from "@/shared/ui/Form.module.css";
import { FormError } from "@/shared/ui/FormError";
import { useChangeAccount } from "./api/changeAccount";
import type { Account } from "./api/getAccounts";
import { EntryFields, entryFields } from "./EntryFields";
import { t } from "./messages/t";
import { editOf, type Entry, isPartner } from "./rights";

export function EditForm({ session, account, onDone }: { session: Session; account: Account; onDone: () => void }) {
  const [entry, setEntry] = useState<Entry>({
    name: account.name,
    email: account.email ?? "",
    role: account.role,
    organisation: account.organisation?.id ?? null,
    administrator: account.administrator,
  });
  const change = useChangeAccount(account.id);
  const edit = editOf(account, entry);
  // Some have no address; what is there cannot be taken away.
  const lacks = entry.name.trim() === "" || edit?.email === "" || (isPartner(entry.role) && entry.organisation === null);
  return (
    <form
      noValidate
      className={form.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (edit !== undefined) change.mutate(edit, { onSuccess: onDone });
      }}
    >
      <EntryFields session={session} entry={entry} own={account.id === session.account} error={change.error} onChange={setEntry} />
      <FormError>{faultBeside(change.error, entryFields)}</FormError>
      <div className={form.buttons}>
        <Button variant="default" onClick={onDone}>
          {t("common.cancel")}
        </Button>
        <Button type="submit" disabled={edit === undefined || lacks} loading={change.isPending}>
          {t("edit.save")}
        </Button>
      </div>
    </form>
  );
}
