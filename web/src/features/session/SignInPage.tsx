import { Button, Title } from "@mantine/core";
import { useEffect, useState } from "react";
import type { Session } from "@/shared/api/session";
import { BacklotMark } from "@/shared/ui/BacklotMark";
import { FormError } from "@/shared/ui/FormError";
import { DemoIdentities } from "./DemoIdentities";
import { ForgottenPassword } from "./ForgottenPassword";
import { t } from "./messages/t";
import { PasswordForm } from "./PasswordForm";
import styles from "./SignInPage.module.css";
import { problemOfReturn, singleSignOnPath, withoutProblem } from "./singleSignOn";
import { TokenForm } from "./TokenForm";

export function SignInPage({ session }: { session: Session }) {
  const [login, setLogin] = useState("");
  const [forgotten, setForgotten] = useState(false);
  const [refused] = useState(() => problemOfReturn(window.location.search));
  const demo = (session.demo_identities ?? []).length > 0;
  const asked = window.location.pathname + window.location.search;
  useEffect(() => {
    // It is said; loading the page again, or signing in, is not to say it once more.
    if (withoutProblem(asked) !== asked) window.history.replaceState(window.history.state, "", withoutProblem(asked));
  }, [asked]);
  return (
    <main className={styles.page}>
      <title>{`${t("signIn.title")} · Backlot`}</title>
      <div className={styles.panel}>
        <div className={styles.brand}>
          <BacklotMark size={28} />
          <Title order={1}>Backlot</Title>
        </div>
        {demo && <DemoIdentities identities={session.demo_identities ?? []} />}
        {forgotten ? (
          <ForgottenPassword login={login} onLogin={setLogin} onBack={() => setForgotten(false)} />
        ) : (
          <>
            <FormError>{refused}</FormError>
            <PasswordForm demo={demo} login={login} onLogin={setLogin} onForgotten={() => setForgotten(true)} />
            <div className={styles.others}>
              {session.oidc !== null && (
                <Button component="a" href={singleSignOnPath(asked)} variant="default" fullWidth>
                  {t("signIn.single", { name: session.oidc.name })}
                </Button>
              )}
              <TokenForm />
            </div>
          </>
        )}
      </div>
    </main>
  );
}
