import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { sentence } from "@/shared/api/problem";
import form from "@/shared/ui/Form.module.css";
import { FormError } from "@/shared/ui/FormError";
import { useEraseAccount } from "./api/eraseAccount";
import type { Account } from "./api/getAccounts";
import { t } from "./messages/t";

/** Says what is lost, and wants the name to be typed. */
export function EraseForm({ account, onDone }: { account: Account; onDone: () => void }) {
  const [typed, setTyped] = useState("");
  const erase = useEraseAccount();
  const meant = typed.trim() === account.name;
  return (
    <form
      className={form.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (meant) erase.mutate(account.id, { onSuccess: onDone });
      }}
    >
      <p className={form.text}>{t("erase.what")}</p>
      <TextInput label={t("erase.type", { name: account.name })} data-autofocus autoComplete="off" value={typed} onChange={(event) => setTyped(event.currentTarget.value)} />
      <FormError>{erase.isError ? sentence(erase.error) : undefined}</FormError>
      <div className={form.buttons}>
        <Button variant="default" onClick={onDone}>
          {t("common.cancel")}
        </Button>
        <Button type="submit" className={form.danger} disabled={!meant} loading={erase.isPending}>
          {t("erase.button")}
        </Button>
      </div>
    </form>
  );
}
