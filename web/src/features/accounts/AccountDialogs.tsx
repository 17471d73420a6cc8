import { sentence } from "@/shared/api/problem";
import type { Session } from "@/shared/api/session";
import { ConfirmDialog } from "@/shared/ui/ConfirmDialog";
import { Dialog } from "@/shared/ui/Dialog";
import type { Account } from "./api/getAccounts";
import { useChangeAccount } from "./api/changeAccount";
import { EditForm } from "./EditForm";
import { EraseForm } from "./EraseForm";
import { InviteAgain } from "./InviteAgain";
import { InviteForm } from "./InviteForm";
import { t } from "./messages/t";

type What = "edit" | "invite-again" | "deactivate" | "reactivate" | "erase";

export type Ask = (what: What, account: Account) => void;

/** What a keeper of accounts wants to do. */
export type Asked = { what: "invite" } | { what: What; account: Account };

interface Props {
  session: Session;
  asked: Asked | undefined;
  onClose: () => void;
}

export function AccountDialogs({ session, asked, onClose }: Props) {
  switch (asked?.what) {
    case "invite":
      return (
        <Dialog title={t("invite.title")} onClose={onClose}>
          <InviteForm session={session} onDone={onClose} />
        </Dialog>
      );
    case "edit":
      return (
        <Dialog title={t("edit.title", { name: asked.account.name })} onClose={onClose}>
          <EditForm session={session} account={asked.account} onDone={onClose} />
        </Dialog>
      );
    case "invite-again":
      return (
        <Dialog title={t("inviteAgain.title", { name: asked.account.name })} onClose={onClose}>
          <InviteAgain account={asked.account} onDone={onClose} />
        </Dialog>
      );
    case "erase":
      return (
        <Dialog title={t("erase.title", { name: asked.account.name })} onClose={onClose}>
          <EraseForm account={asked.account} onDone={onClose} />
        </Dialog>
      );
    case "deactivate":
    case "reactivate":
      return <Standing account={asked.account} active={asked.what === "reactivate"} onDone={onClose} />;
    default:
      return null;
  }
}

function Standing({ account, active, onDone }: { account: Account; active: boolean; onDone: () => void }) {
  const change = useChangeAccount(account.id);
  const to = active ? "reactivate" : "deactivate";
  return (
    <ConfirmDialog
      opened
      title={t(`${to}.title`, { name: account.name })}
      button={t(`${to}.button`)}
      harmless={active}
      pending={change.isPending}
      error={change.isError ? sentence(change.error) : undefined}
      onConfirm={() => change.mutate({ active }, { onSuccess: onDone })}
      onClose={onDone}
    >
      {t(`${to}.what`)}
    </ConfirmDialog>
  );
}
