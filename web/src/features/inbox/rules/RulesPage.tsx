import { ActionIcon, Button, Menu, Tooltip } from "@mantine/core";
import { IconDots } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { catalogueQuery } from "@/shared/api/catalogue";
import { sentence } from "@/shared/api/problem";
import type { Session } from "@/shared/api/session";
import { modifierText } from "@/shared/lib/labels";
import { say } from "@/shared/lib/notice";
import { ConfirmDialog } from "@/shared/ui/ConfirmDialog";
import { CopyField } from "@/shared/ui/CopyField";
import { DataTable } from "@/shared/ui/DataTable";
import table from "@/shared/ui/DataTable.module.css";
import { Dialog } from "@/shared/ui/Dialog";
import form from "@/shared/ui/Form.module.css";
import { Page } from "@/shared/ui/Page";
import page from "@/shared/ui/Page.module.css";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import { type Rule, rulesQuery, useDeleteRule, useRenewSecret, useTestRule } from "../api/rules";
import { notificationKind } from "../kinds";
import { t } from "../messages/t";
import { DeliveriesDialog } from "./DeliveriesDialog";
import { RuleForm } from "./RuleForm";
import styles from "./RulesPage.module.css";

type Asked = { what: "new" } | { what: "edit" | "delete" | "renew" | "deliveries"; rule: Rule } | { what: "secret"; name: string; secret: string };

/** What the account wants to be told of. */
export function RulesPage({ session }: { session: Session }) {
  const rules = useQuery(rulesQuery);
  const [asked, setAsked] = useState<Asked>();
  const close = () => setAsked(undefined);
  return (
    <Page title={t("rules.title")} actions={<Link href="/inbox">{t("title")}</Link>}>
      <div className={page.tools}>
        <p className={styles.about}>{t("rules.about")}</p>
        <span className={page.gap} />
        <Button disabled={rules.data === undefined} onClick={() => setAsked({ what: "new" })}>
          {t("rules.new")}
        </Button>
      </div>
      <div className={page.body}>
        {rules.isError && rules.data === undefined ? (
          <ProblemNotice error={rules.error} title={t("rules.failed")} onRetry={() => void rules.refetch()} />
        ) : rules.data?.rules.length === 0 ? (
          <p className={table.empty}>{t("rules.none")}</p>
        ) : (
          <RuleTable rules={rules.data?.rules} onAsk={setAsked} />
        )}
      </div>
      {rules.data !== undefined && (asked?.what === "new" || asked?.what === "edit") && (
        <Dialog title={t(asked.what === "new" ? "rules.new" : "form.change")} size={720} onClose={close}>
          <RuleForm session={session} about={rules.data} rule={asked.what === "edit" ? asked.rule : undefined} onClose={close} onDone={(name, secret) => setAsked(secret === null ? undefined : { what: "secret", name, secret })} />
        </Dialog>
      )}
      {asked?.what === "secret" && <SecretDialog name={asked.name} secret={asked.secret} onClose={close} />}
      {asked?.what === "delete" && <DeleteDialog rule={asked.rule} onClose={close} />}
      {asked?.what === "renew" && <RenewDialog rule={asked.rule} onClose={close} onDone={(secret) => setAsked({ what: "secret", name: asked.rule.name, secret })} />}
      {asked?.what === "deliveries" && <DeliveriesDialog rule={asked.rule} onClose={close} />}
    </Page>
  );
}

function RuleTable({ rules, onAsk }: { rules: Rule[] | undefined; onAsk: (asked: Asked) => void }) {
  const catalogue = useQuery(catalogueQuery).data;
  return (
    <DataTable label={t("rules.title")} heads={(["name", "kinds", "requests", "when", "where"] as const).map((name) => t(`rules.${name}`))} actions={t("rules.actions")}>
      {rules?.map((rule) => (
        <tr key={rule.id}>
          <td className={table.strong}>
            <button type="button" className={styles.name} onClick={() => onAsk({ what: "edit", rule })}>
              {rule.name}
            </button>
            {!rule.valid && <p className={styles.invalid}>{t("rules.invalid", { problem: rule.problem ?? "" })}</p>}
          </td>
          <td>{rule.kinds.map((kind) => notificationKind(kind)).join(", ")}</td>
          <td>{rule.modifiers.length === 0 ? (rule.query === "" ? t("form.everything") : rule.query) : rule.modifiers.map((m) => modifierText(catalogue, m)).join(" · ")}</td>
          <td>{rule.when === "daily" ? t("rules.daily", { hour: `${rule.hour}:00`, zone: rule.zone }) : t("form.atOnce")}</td>
          <td>{[t("title"), ...(rule.mail ? [t("rules.mail")] : []), ...(rule.webhook_url === null ? [] : [t("rules.webhook")])].join(", ")}</td>
          <td className={table.actions}>
            <RuleMenu rule={rule} onAsk={onAsk} />
          </td>
        </tr>
      ))}
    </DataTable>
  );
}

function RuleMenu({ rule, onAsk }: { rule: Rule; onAsk: (asked: Asked) => void }) {
  const test = useTestRule();
  const sent = rule.mail || rule.webhook_url !== null;
  const label = t("rules.actionsOf", { name: rule.name });
  const tryIt = () =>
    test.mutate(
      { id: rule.id },
      {
        onSuccess: () => onAsk({ what: "deliveries", rule }),
        onError: (error) => say(sentence(error)),
      },
    );
  return (
    <Menu position="bottom-end" width={264} withinPortal>
      <Menu.Target>
        <Tooltip label={label}>
          <ActionIcon variant="subtle" color="gray" aria-label={label} loading={test.isPending}>
            <IconDots size={16} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => onAsk({ what: "edit", rule })}>{t("rules.edit")}</Menu.Item>
        {sent && <Menu.Item onClick={tryIt}>{t("rules.test")}</Menu.Item>}
        {sent && <Menu.Item onClick={() => onAsk({ what: "deliveries", rule })}>{t("rules.deliveries")}</Menu.Item>}
        {rule.webhook_url !== null && <Menu.Item onClick={() => onAsk({ what: "renew", rule })}>{t("rules.renew")}</Menu.Item>}
        <Menu.Divider />
        <Menu.Item className={styles.danger} onClick={() => onAsk({ what: "delete", rule })}>
          {t("rules.delete")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function SecretDialog({ name, secret, onClose }: { name: string; secret: string; onClose: () => void }) {
  return (
    <Dialog title={t("secret.title", { name })} size={560} onClose={onClose}>
      <div className={form.form}>
        <p className={form.text}>{t("secret.about")}</p>
        <CopyField label={t("secret.secret")} value={secret} />
        <div className={form.buttons}>
          <Button onClick={onClose}>{t("secret.done")}</Button>
        </div>
      </div>
    </Dialog>
  );
}

function DeleteDialog({ rule, onClose }: { rule: Rule; onClose: () => void }) {
  const remove = useDeleteRule();
  return (
    <ConfirmDialog opened title={t("delete.title", { name: rule.name })} button={t("delete.button")} pending={remove.isPending} error={remove.isError ? sentence(remove.error) : undefined} onConfirm={() => remove.mutate({ id: rule.id }, { onSuccess: onClose })} onClose={onClose}>
      {t("delete.what")}
    </ConfirmDialog>
  );
}

function RenewDialog({ rule, onClose, onDone }: { rule: Rule; onClose: () => void; onDone: (secret: string) => void }) {
  const renew = useRenewSecret();
  return (
    <ConfirmDialog opened title={t("renew.title", { name: rule.name })} button={t("renew.button")} pending={renew.isPending} error={renew.isError ? sentence(renew.error) : undefined} onConfirm={() => renew.mutate({ id: rule.id }, { onSuccess: ({ webhook_secret }) => onDone(webhook_secret) })} onClose={onClose}>
      {t("renew.what")}
    </ConfirmDialog>
  );
}
