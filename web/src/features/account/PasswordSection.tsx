import { Button, PasswordInput } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import { useState } from "react";
import { faultBeside, faultOf } from "@/shared/api/problem";
import { passwordFault } from "@/shared/lib/password";
import form from "@/shared/ui/Form.module.css";
import { FormError } from "@/shared/ui/FormError";
import { NewPasswordInput } from "@/shared/ui/NewPasswordInput";
import { Section } from "@/shared/ui/Section";
import styles from "./AccountPage.module.css";
import { useChangePassword } from "./api/changePassword";
import { t } from "./messages/t";

export function PasswordSection({ login }: { login: string }) {
  const [present, setPresent] = useState("");
  const [password, setPassword] = useState("");
  const [fault, setFault] = useState<string>();
  const change = useChangePassword();
  return (
    <Section title={t("password.title")} about={t("password.about")}>
      <form
        noValidate
        aria-label={t("password.title")}
        className={`${form.form} ${styles.narrow}`}
        onSubmit={(event) => {
          event.preventDefault();
          const wrong = passwordFault(password);
          setFault(wrong);
          if (wrong !== undefined) return change.reset();
          change.mutate(
            { present, password },
            {
              onSuccess: () => {
                setPresent("");
                setPassword("");
              },
            },
          );
        }}
      >
        {/* For the browser's password manager, which wants to know whose password it is. */}
        <input type="hidden" name="username" autoComplete="username" value={login} />
        <PasswordInput
          label={t("password.present")}
          autoComplete="current-password"
          name="password"
          value={present}
          error={faultOf(change.error, "present")}
          onChange={(event) => setPresent(event.currentTarget.value)}
        />
        <NewPasswordInput label={t("password.new")} value={password} error={fault ?? faultOf(change.error, "password")} onChange={setPassword} />
        <FormError>{faultBeside(change.error, ["present", "password"])}</FormError>
        <div className={styles.line}>
          <Button type="submit" variant="default" disabled={present === "" || password === ""} loading={change.isPending}>
            {t("password.change")}
          </Button>
          {change.isSuccess && (
            <p role="status" className={form.done}>
              <IconCheck size={16} aria-hidden /> {t("password.changed")}
            </p>
          )}
        </div>
      </form>
    </Section>
  );
}
