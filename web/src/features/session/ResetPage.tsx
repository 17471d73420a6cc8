import { useResetPassword } from "./api/resetPassword";
import { ChoosePassword } from "./ChoosePassword";
import { useSecret } from "./secret";

/** Where the link of a forgotten password leads. */
export function ResetPage() {
  const secret = useSecret();
  // Another link in the same tab begins anew.
  return <Reset key={secret} secret={secret} />;
}

function Reset({ secret }: { secret: string | undefined }) {
  const reset = useResetPassword();
  return (
    <ChoosePassword
      secret={secret}
      title="Choose another password"
      text="Wherever else you are signed in, that ends."
      lost="This page belongs to the link of a mail. Open the link again; it serves once, for an hour. If it has served, ask for another one on the sign-in page."
      button="Choose the password"
      attempt={reset}
      onChosen={(password) => reset.mutateAsync({ secret: secret ?? "", password })}
    />
  );
}
