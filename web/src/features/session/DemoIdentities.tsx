import { UnstyledButton } from "@mantine/core";
import { IconChevronRight } from "@tabler/icons-react";
import { sentence } from "@/shared/api/problem";
import type { Session } from "@/shared/api/session";
import { roleLabel } from "@/shared/lib/format";
import { FormError } from "@/shared/ui/FormError";
import { useSignIn } from "./api/signIn";
import { t } from "./messages/t";
import styles from "./SignInPage.module.css";

type Identity = NonNullable<Session["demo_identities"]>[number];

/** What the name does not say already. */
function describe({ name, role, organisation }: Identity): string {
  return organisation === null || name.includes(organisation.name) ? roleLabel(role) : `${roleLabel(role)}, ${organisation.name}`;
}

export function DemoIdentities({ identities }: { identities: Identity[] }) {
  const signIn = useSignIn();
  return (
    <section aria-labelledby="demo">
      <h2 id="demo" className={styles.heading}>
        {t("signIn.demo")}
      </h2>
      <ul className={styles.identities}>
        {identities.map((identity) => (
          <li key={identity.token}>
            <UnstyledButton className={styles.identity} disabled={signIn.isPending} onClick={() => signIn.mutate({ token: identity.token })}>
              <span className={styles.name}>{identity.name}</span>
              {roleLabel(identity.role) !== identity.name && <span className={styles.role}>{describe(identity)}</span>}
              <IconChevronRight size={16} className={styles.arrow} aria-hidden />
            </UnstyledButton>
          </li>
        ))}
      </ul>
      <FormError>{signIn.isError ? sentence(signIn.error) : undefined}</FormError>
    </section>
  );
}
