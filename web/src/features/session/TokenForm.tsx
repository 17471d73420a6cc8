import { Button, PasswordInput } from "@mantine/core";
import { useState } from "react";
import form from "@/shared/ui/Form.module.css";
import { useSignIn } from "./api/signIn";
import { t } from "./messages/t";
import styles from "./SignInPage.module.css";
import { useThrottled } from "./throttled";

/** The way in with an API token, out of the way until it is wanted. */
export function TokenForm() {
  const [opened, setOpened] = useState(false);
  const [token, setToken] = useState("");
  const signIn = useSignIn();
  const { fault, label, waiting } = useThrottled(signIn, t("token.button"));
  return (
    <div className={form.form}>
      <button type="button" className={styles.more} aria-expanded={opened} onClick={() => setOpened(!opened)}>
        {t("token.or")}
      </button>
      {opened && (
        <form
          aria-label={t("token.form")}
          className={form.form}
          onSubmit={(event) => {
            event.preventDefault();
            if (token.trim() !== "") signIn.mutate({ token: token.trim() });
          }}
        >
          <PasswordInput label={t("token.token")} autoComplete="off" autoFocus maxLength={1024} value={token} error={fault} onChange={(event) => setToken(event.currentTarget.value)} />
          <Button type="submit" variant="default" fullWidth loading={signIn.isPending} disabled={waiting || token.trim() === ""}>
            {label}
          </Button>
        </form>
      )}
    </div>
  );
}
