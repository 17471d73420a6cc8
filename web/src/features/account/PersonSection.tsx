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

/** Who one is: the name is one's own to change, the rest is for those who keep the account. */
export function PersonSection({ account }: { account: Schemas["Account"] | undefined }) {
  return (
    <Section title="You" about="Your colleagues, and everybody who sees a request that you worked on, read your name beside what you did. For another address or role, ask an operator or your administrator.">
      <div className={styles.narrow}>{account === undefined ? <TextInput label="Name" disabled /> : <NameForm name={account.name} />}</div>
      <dl className={styles.facts}>
        <dt>E-mail address</dt>
        <dd>{account === undefined ? <span className={styles.bone} /> : (account.email ?? "none")}</dd>
        <dt>Organisation</dt>
        <dd>{account === undefined ? <span className={styles.bone} /> : (account.organisation?.name ?? "the streaming service")}</dd>
        <dt>Role</dt>
        <dd>{account === undefined ? <span className={styles.bone} /> : roleLabel(account.role) + (account.administrator ? ", keeps its organisation's accounts" : "")}</dd>
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
      aria-label="Name"
      className={styles.line}
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) change.mutate({ name: name.trim() });
      }}
    >
      <TextInput label="Name" autoComplete="name" maxLength={200} className={styles.grow} value={name} error={change.isError ? sentence(change.error) : undefined} onChange={(event) => setName(event.currentTarget.value)} />
      <Button type="submit" variant="default" disabled={!ready} loading={change.isPending}>
        Change
      </Button>
      {change.isSuccess && (
        <p role="status" className={form.done}>
          <IconCheck size={16} aria-hidden /> Changed
        </p>
      )}
    </form>
  );
}
