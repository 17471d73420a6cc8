import { ActionIcon, Menu } from "@mantine/core";
import { IconDots } from "@tabler/icons-react";
import { useRef } from "react";
import type { Session } from "@/shared/api/session";
import { roleLabel } from "@/shared/lib/format";
import table from "@/shared/ui/DataTable.module.css";
import styles from "./AccountsPage.module.css";
import type { Ask } from "./AccountDialogs";
import type { Account } from "./api/getAccounts";
import { t } from "./messages/t";
import { keepsAccounts } from "./rights";

interface Props {
  session: Session;
  accounts: Account[] | undefined; // undefined while they come
  onAsk: Ask;
}

/** Each sees of the others what its role may: colleagues are names. */
export function AccountTable({ session, accounts, onAsk }: Props) {
  const keeper = keepsAccounts(session);
  const ofAll = session.role === "operator" || session.role === "auditor"; // not of one organisation
  const headings = [t("list.name"), ...(keeper ? [t("list.email")] : []), ...(ofAll ? [t("list.role"), t("list.organisation")] : []), ...(keeper ? [t("list.standing"), t("list.administrator")] : [])];
  return (
    <table className={keeper || ofAll ? table.table : `${table.table} ${styles.narrow}`} aria-label={t("page.accounts")} aria-busy={accounts === undefined}>
      <thead>
        <tr>
          {headings.map((heading) => (
            <th key={heading} scope="col">
              {heading}
            </th>
          ))}
          {keeper && (
            <th scope="col">
              <span className="sr-only">{t("list.actions")}</span>
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {accounts === undefined
          ? Array.from({ length: 8 }, (_, i) => (
              <tr key={i}>
                <td colSpan={headings.length + (keeper ? 1 : 0)}>
                  <span className={table.bone} />
                </td>
              </tr>
            ))
          : accounts.map((account) => (
              <tr key={account.id}>
                <td className={account.standing === "erased" ? table.soft : table.strong}>
                  {account.name}
                  {account.id === session.account && <span className={styles.you}>{t("list.you")}</span>}
                </td>
                {keeper && <td>{account.email}</td>}
                {ofAll && <td>{roleLabel(account.role)}</td>}
                {ofAll && <td>{account.organisation?.name}</td>}
                {keeper && <td className={account.standing === "active" ? undefined : table.soft}>{t(`standing.${account.standing}`)}</td>}
                {keeper && <td>{account.administrator ? t("list.yes") : ""}</td>}
                {keeper && <td className={table.actions}>{account.keeps && account.standing !== "erased" && <Actions account={account} own={account.id === session.account} onAsk={onAsk} />}</td>}
              </tr>
            ))}
      </tbody>
    </table>
  );
}

function Actions({ account, own, onAsk }: { account: Account; own: boolean; onAsk: Ask }) {
  const button = useRef<HTMLButtonElement>(null);
  const ask: Ask = (what) => {
    button.current?.focus(); // the item goes away with the menu; the dialog gives the focus back to what is left
    onAsk(what, account);
  };
  return (
    <Menu position="bottom-end" width={200} portalProps={{ target: "main" }}>
      <Menu.Target>
        <ActionIcon ref={button} variant="subtle" color="gray" aria-label={t("list.actionsFor", { name: account.name })}>
          <IconDots size={16} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => ask("edit", account)}>{t("menu.edit")}</Menu.Item>
        {account.standing === "invited" && <Menu.Item onClick={() => ask("invite-again", account)}>{t("menu.inviteAgain")}</Menu.Item>}
        {/* One's own rights are somebody else's to change. */}
        {!own && account.standing === "deactivated" && <Menu.Item onClick={() => ask("reactivate", account)}>{t("menu.reactivate")}</Menu.Item>}
        {!own && account.standing !== "deactivated" && <Menu.Item onClick={() => ask("deactivate", account)}>{t("menu.deactivate")}</Menu.Item>}
        {!own && (
          <>
            <Menu.Divider />
            <Menu.Item className={styles.erase} onClick={() => ask("erase", account)}>
              {t("menu.erase")}
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
