import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useState } from "react";
import form from "@/shared/ui/Form.module.css";
import { useSignIn } from "./api/signIn";
import { t } from "./messages/t";
import styles from "./SignInPage.module.css";
import { useThrottled } from "./throttled";

interface Props {
  demo: boolean;
  login: string;
  onLogin: (login: string) => void;
  onForgotten: () => void;
}

/** The way in for those who have a password here. */
export function PasswordForm({ demo, login, onLogin, onForgotten }: Props) {
  const [password, setPassword] = useState("");
  const [missing, setMissing] = useState<"login" | "password">();
  const signIn = useSignIn();
  const { fault, label, waiting } = useThrottled(signIn, t("signIn.button"));
  return (
    <form
      aria-label={t("signIn.title")}
      noValidate
      className={form.form}
      onSubmit={(event) => {
        event.preventDefault();
        const lacks = login.trim() === "" ? "login" : password === "" ? "password" : undefined;
        setMissing(lacks);
        if (lacks === undefined) signIn.mutate({ login: login.trim(), password });
        else signIn.reset();
      }}
    >
      {demo && <h2 className={styles.heading}>{t("signIn.own")}</h2>}
      <TextInput
        label={t("signIn.email")}
        name="username"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={254}
        autoFocus={!demo}
        value={login}
        error={missing === "login" ? t("signIn.emailMissing") : undefined}
        onChange={(event) => onLogin(event.currentTarget.value)}
      />
      <div>
        <PasswordInput
          label={t("signIn.password")}
          name="password"
          autoComplete="current-password"
          maxLength={1024}
          value={password}
          error={missing === "password" ? t("signIn.passwordMissing") : fault}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <button type="button" className={styles.forgotten} onClick={onForgotten}>
          {t("signIn.forgot")}
        </button>
      </div>
      <p role="status" className="sr-only">
        {fault}
      </p>
      <Button type="submit" fullWidth loading={signIn.isPending} disabled={waiting}>
        {label}
      </Button>
    </form>
  );
}
