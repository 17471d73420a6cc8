import { Button, TextInput } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import { useState } from "react";
import type { Schemas } from "@/shared/api/client";
import { sentence } from "@/shared/api/problem";
import { roleLabel } from "@/shared/lib/format";
import form from "@/shared/ui/Form.module.css";
import { Section } from "@/shared/ui/Section";
import styles from "./AccountPage.module.css";
import { useChangeOwnName } from "./api/changeOwnName";
import { t } from "./messages/t";

/** Who one is: the name is one's own to change, the rest is for those who keep the account. */
export function PersonSection({ account }: { account: Schemas["Account"] | undefined }) {
  return (
    <Section title={t("you.title")} about={t("you.about")}>
      <div className={styles.narrow}>{account === undefined ? <TextInput label={t("you.name")} disabled /> : <NameForm name={account.name} />}</div>
      <dl className={styles.facts}>
        <dt>{t("you.email")}</dt>
        <dd>{account === undefined ? <span className={styles.bone} /> : (account.email ?? t("you.noEmail"))}</dd>
        <dt>{t("you.organisation")}</dt>
        <dd>{account === undefined ? <span className={styles.bone} /> : (account.organisation?.name ?? t("you.service"))}</dd>
        <dt>{t("you.role")}</dt>
        <dd>{account === undefined ? <span className={styles.bone} /> : account.administrator ? t("you.keeps", { role: roleLabel(account.role) }) : roleLabel(account.role)}</dd>
      </dl>
    </Section>
  );
}

function NameForm({ name: present }: { name: string }) {
  const [name, setName] = useState(present);
  const change = useChangeOwnName();
  const ready = name.trim() !== "" && name.trim() !== present;
  return (
    <form
      aria-label={t("you.name")}
      className={styles.line}
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) change.mutate({ name: name.trim() });
      }}
    >
      <TextInput label={t("you.name")} autoComplete="name" maxLength={200} className={styles.grow} value={name} error={change.isError ? sentence(change.error) : undefined} onChange={(event) => setName(event.currentTarget.value)} />
      <Button type="submit" variant="default" disabled={!ready} loading={change.isPending}>
        {t("you.change")}
      </Button>
      {change.isSuccess && (
        <p role="status" className={form.done}>
          <IconCheck size={16} aria-hidden /> {t("you.changed")}
        </p>
      )}
    </form>
  );
}
