import { Button } from "@mantine/core";
import { sentence } from "@/shared/api/problem";
import form from "@/shared/ui/Form.module.css";
import { FormError } from "@/shared/ui/FormError";
import type { Account } from "./api/getAccounts";
import { useInviteAgain } from "./api/inviteAgain";
import { InvitationNotice } from "./InvitationNotice";
import { t } from "./messages/t";

export function InviteAgain({ account, onDone }: { account: Account; onDone: () => void }) {
  const invite = useInviteAgain();
  if (invite.data !== undefined) return <InvitationNotice invitation={invite.data} onDone={onDone} />;
  return (
    <div className={form.form}>
      <p className={form.text}>{t("inviteAgain.about", { email: account.email ?? "" })}</p>
      <FormError>{invite.isError ? sentence(invite.error) : undefined}</FormError>
      <div className={form.buttons}>
        <Button variant="default" onClick={onDone}>
          {t("common.cancel")}
        </Button>
        <Button loading={invite.isPending} onClick={() => invite.mutate(account.id)} data-autofocus>
          {t("inviteAgain.button")}
        </Button>
      </div>
    </div>
  );
}
