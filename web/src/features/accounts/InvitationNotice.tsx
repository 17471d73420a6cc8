import { Button } from "@mantine/core";
import { CopyField } from "@/shared/ui/CopyField";
import form from "@/shared/ui/Form.module.css";
import { FormError } from "@/shared/ui/FormError";
import type { Invitation } from "./api/openAccount";

/** How an invitation reaches its person. */
export function InvitationNotice({ invitation, onDone }: { invitation: Invitation; onDone: () => void }) {
  const { account, link, mail_sent, mail_failure } = invitation;
  const person = <strong>{account.name}</strong>;
  return (
    <div className={form.form}>
      {mail_sent ? (
        <p role="status" className={form.text}>
          {person} is invited: a mail to {account.email} is on its way. Its link serves once, for a week.
        </p>
      ) : link !== null ? (
        <>
          <p role="status" className={form.text}>
            {person} has an account. This portal sends no mail, so pass the link on yourself. It serves once, for a week, and is not shown again.
          </p>
          <CopyField label="Link of the invitation" value={link} />
        </>
      ) : (
        <>
          <p role="status" className={form.text}>
            {person} has an account, but was not told of it. Choose “Invite again” in the list.
          </p>
          <FormError>{mail_failure === null ? undefined : `The mail was not sent: ${mail_failure}.`}</FormError>
        </>
      )}
      <div className={form.buttons}>
        <Button onClick={onDone} data-autofocus>
          Done
        </Button>
      </div>
    </div>
  );
}
