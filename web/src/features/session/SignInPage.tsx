import { Button, PasswordInput, Title, UnstyledButton } from "@mantine/core";
import { IconChevronRight } from "@tabler/icons-react";
import { useState } from "react";
import { sentence } from "@/shared/api/problem";
import type { Session } from "@/shared/api/session";
import { roleLabel } from "@/shared/lib/format";
import { BacklotMark } from "@/shared/ui/BacklotMark";
import { useSignIn } from "./api/signIn";
import styles from "./SignInPage.module.css";

type Identity = NonNullable<Session["demo_identities"]>[number];

/** What the name does not say already. */
function describe({ name, role, organisation }: Identity): string {
  return organisation === null || name.includes(organisation.name) ? roleLabel(role) : `${roleLabel(role)}, ${organisation.name}`;
}

export function SignInPage({ session }: { session: Session }) {
  const [token, setToken] = useState("");
  const signIn = useSignIn();
  const identities = session.demo_identities ?? [];
  return (
    <main className={styles.page}>
      <div className={styles.panel}>
        <div className={styles.brand}>
          <BacklotMark size={28} />
          <Title order={1}>Backlot</Title>
        </div>

        {identities.length > 0 && (
          <section aria-labelledby="demo">
            <h2 id="demo" className={styles.heading}>
              This is a demo. Sign in as
            </h2>
            <ul className={styles.identities}>
              {identities.map((identity) => (
                <li key={identity.token}>
                  <UnstyledButton className={styles.identity} disabled={signIn.isPending} onClick={() => signIn.mutate(identity.token)}>
                    <span className={styles.name}>{identity.name}</span>
                    {roleLabel(identity.role) !== identity.name && <span className={styles.role}>{describe(identity)}</span>}
                    <IconChevronRight size={16} className={styles.arrow} aria-hidden />
                  </UnstyledButton>
                </li>
              ))}
            </ul>
          </section>
        )}

        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (token.trim() !== "") signIn.mutate(token.trim());
          }}
        >
          <PasswordInput
            label={identities.length > 0 ? "Or with a token" : "Token"}
            autoComplete="current-password"
            value={token}
            onChange={(event) => setToken(event.currentTarget.value)}
            error={signIn.isError ? sentence(signIn.error) : undefined}
            data-autofocus={identities.length === 0 || undefined}
          />
          <Button type="submit" fullWidth mt="md" loading={signIn.isPending} variant={identities.length > 0 ? "default" : "filled"}>
            Sign in
          </Button>
        </form>
      </div>
    </main>
  );
}
