import { Button } from "@mantine/core";
import { Words } from "@/shared/i18n/Words";
import { CopyField } from "@/shared/ui/CopyField";
import form from "@/shared/ui/Form.module.css";
import { FormError } from "@/shared/ui/FormError";
import type { Invitation } from "./api/openAccount";
import { t } from "./messages/t";

/** How an invitation reaches its person. */
export function InvitationNotice({ invitation, onDone }: { invitation: Invitation; onDone: () => void }) {
  const { account, link, mail_sent, mail_failure } = invitation;
  const tags = { strong: (inner: string) => <strong>{inner}</strong> };
  return (
    <div className={form.form}>
      {mail_sent ? (
        <p role="status" className={form.text}>
          <Words text={t("invited.mailed", { name: account.name, email: account.email ?? "" })} tags={tags} />
        </p>
      ) : link !== null ? (
        <>
          <p role="status" className={form.text}>
            <Words text={t("invited.link", { name: account.name })} tags={tags} />
          </p>
          <CopyField label={t("invited.linkLabel")} value={link} />
        </>
      ) : (
        <>
          <p role="status" className={form.text}>
            <Words text={t("invited.untold", { name: account.name })} tags={tags} />
          </p>
          <FormError>{mail_failure === null ? undefined : t("invited.mailFailure", { why: mail_failure })}</FormError>
        </>
      )}
      <div className={form.buttons}>
        <Button onClick={onDone} data-autofocus>
          {t("invited.done")}
        </Button>
      </div>
    </div>
  );
}
