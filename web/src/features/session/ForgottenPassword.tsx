import { Button, TextInput } from "@mantine/core";
import form from "@/shared/ui/Form.module.css";
import { FormError } from "@/shared/ui/FormError";
import { useRequestPasswordReset } from "./api/requestPasswordReset";
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
  const { fault, label, waiting } = useThrottled(ask, "Send me a link");
  return (
    <form
      aria-label="Forgotten password"
      className={form.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (login.trim() !== "") ask.mutate(login.trim());
      }}
    >
      <h2 className={styles.title}>Forgot your password?</h2>
      {ask.isSuccess ? (
        <p role="status" className={form.text}>
          If <strong>{ask.variables}</strong> has an account here, a mail is on its way. Its link serves once, for an hour.
        </p>
      ) : (
        <>
          <p className={form.note}>A mail brings you a link to choose another one.</p>
          <TextInput label="E-mail address" name="username" autoComplete="username" autoCapitalize="none" spellCheck={false} maxLength={254} autoFocus value={login} onChange={(event) => onLogin(event.currentTarget.value)} />
          <FormError>{fault}</FormError>
          <Button type="submit" fullWidth loading={ask.isPending} disabled={waiting || login.trim() === ""}>
            {label}
          </Button>
        </>
      )}
      <button type="button" className={styles.more} onClick={onBack}>
        Back to signing in
      </button>
    </form>
  );
}
