import { Button } from "@mantine/core";
import { useState } from "react";
import { faultBeside } from "@/shared/api/problem";
import type { Session } from "@/shared/api/session";
import form from "@/shared/ui/Form.module.css";
import { FormError } from "@/shared/ui/FormError";
import { useOpenAccount } from "./api/openAccount";
import { EntryFields, entryFields } from "./EntryFields";
import { InvitationNotice } from "./InvitationNotice";
import { t } from "./messages/t";
import { type Entry, fitting, isWhole } from "./rights";

export function InviteForm({ session, onDone }: { session: Session; onDone: () => void }) {
  const own = session.role === "operator" || session.role === null ? undefined : session.role;
  const [entry, setEntry] = useState<Entry>({ name: "", email: "", role: own ?? "fulfillment_partner", organisation: own === undefined ? null : (session.organisation?.id ?? null), administrator: false });
  const open = useOpenAccount();
  if (open.data !== undefined) return <InvitationNotice invitation={open.data} onDone={onDone} />;
  const { organisation, ...rest } = fitting(entry);
  return (
    <form
      noValidate
      className={form.form}
      onSubmit={(event) => {
        event.preventDefault();
        open.mutate({ ...rest, ...(organisation === null ? {} : { organisation }) });
      }}
    >
      <EntryFields session={session} entry={entry} own={false} error={open.error} onChange={setEntry} />
      <FormError>{faultBeside(open.error, entryFields)}</FormError>
      <div className={form.buttons}>
        <Button variant="default" onClick={onDone}>
          {t("common.cancel")}
        </Button>
        <Button type="submit" disabled={!isWhole(entry)} loading={open.isPending}>
          {t("invite.button")}
        </Button>
      </div>
    </form>
  );
}
