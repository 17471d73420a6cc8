import { Button, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { Link, useLocation } from "wouter";
import { faultOf } from "@/shared/api/problem";
import { sessionQuery } from "@/shared/api/session";
import { passwordFault } from "@/shared/lib/password";
import { BacklotMark } from "@/shared/ui/BacklotMark";
import form from "@/shared/ui/Form.module.css";
import { FormError } from "@/shared/ui/FormError";
import { NewPasswordInput } from "@/shared/ui/NewPasswordInput";
import { t } from "./messages/t";
import styles from "./SignInPage.module.css";
import { useThrottled } from "./throttled";

interface Props {
  secret: string | undefined;
  title: string;
  text: string;
  /** What to do where the link's secret is not there. */
  lost: string;
  button: string;
  attempt: { error: unknown; isPending: boolean; submittedAt: number };
  onChosen: (password: string) => Promise<unknown>;
  children?: ReactNode;
}

/** A page that a mailed link leads to, where a password is chosen. */
export function ChoosePassword({ secret, title, text, lost, button, attempt, onChosen, children }: Props) {
  const session = useQuery(sessionQuery);
  const [, navigate] = useLocation();
  const [password, setPassword] = useState("");
  const [fault, setFault] = useState<string>();
  const { fault: refused, label, waiting } = useThrottled(attempt, button);
  const besides = faultOf(attempt.error, "password") ?? faultOf(attempt.error, "name");
  return (
    <main className={styles.page}>
      <title>{`${title} · Backlot`}</title>
      <div className={styles.panel}>
        <div className={styles.brand}>
          <BacklotMark size={28} />
          <Title order={1}>{title}</Title>
        </div>
        {secret === undefined ? (
          <>
            <p className={form.text}>{lost}</p>
            <Link href="/" className={styles.more}>
              {t("choose.lost")}
            </Link>
          </>
        ) : (
          <form
            noValidate
            aria-label={title}
            className={form.form}
            onSubmit={(event) => {
              event.preventDefault();
              const wrong = passwordFault(password);
              setFault(wrong);
              // What went wrong is shown from the attempt.
              if (wrong === undefined) void onChosen(password).then(() => navigate("/", { replace: true }), () => undefined);
            }}
          >
            <p className={form.text}>{text}</p>
            {session.data?.signed_in === true && <p className={form.note}>{t("choose.other", { name: session.data.name ?? t("choose.somebody") })}</p>}
            {children}
            <NewPasswordInput label={t("password.new")} autoFocus value={password} error={fault ?? faultOf(attempt.error, "password")} onChange={setPassword} />
            <FormError>{besides === undefined ? refused : undefined}</FormError>
            <Button type="submit" fullWidth loading={attempt.isPending} disabled={waiting}>
              {label}
            </Button>
          </form>
        )}
      </div>
    </main>
  );
}
