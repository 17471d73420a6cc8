import { Button, TextInput } from "@mantine/core";
import { Words } from "@/shared/i18n/Words";
import form from "@/shared/ui/Form.module.css";
import { FormError } from "@/shared/ui/FormError";
import { useRequestPasswordReset } from "./api/requestPasswordReset";
import { t } from "./messages/t";
import styles from "./SignInPage.module.css";
import { useThrottled } from "./throttled";

interface Props {
  login: string;
  onLogin: (login: string) => void;
  onBack: () => void;
}

/** Has a link mailed to choose another password. */
export function ForgottenPassword({ login, onLogin, onBack }: Props) {
  const ask = useRequestPasswordReset();
  const { fault, label, waiting } = useThrottled(ask, t("forgotten.button"));
  return (
    <form
      aria-label={t("forgotten.form")}
      className={form.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (login.trim() !== "") ask.mutate(login.trim());
      }}
    >
      <h2 className={styles.title}>{t("signIn.forgot")}</h2>
      {ask.isSuccess ? (
        <p role="status" className={form.text}>
          <Words text={t("forgotten.sent", { login: ask.variables })} tags={{ strong: (inner) => <strong>{inner}</strong> }} />
        </p>
      ) : (
        <>
          <p className={form.note}>{t("forgotten.about")}</p>
          <TextInput label={t("signIn.email")} name="username" autoComplete="username" autoCapitalize="none" spellCheck={false} maxLength={254} autoFocus value={login} onChange={(event) => onLogin(event.currentTarget.value)} />
          <FormError>{fault}</FormError>
          <Button type="submit" fullWidth loading={ask.isPending} disabled={waiting || login.trim() === ""}>
            {label}
          </Button>
        </>
      )}
      <button type="button" className={styles.more} onClick={onBack}>
        {t("forgotten.back")}
      </button>
    </form>
  );
}
