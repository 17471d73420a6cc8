import { useResetPassword } from "./api/resetPassword";
import { ChoosePassword } from "./ChoosePassword";
import { t } from "./messages/t";
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
      title={t("reset.title")}
      text={t("reset.text")}
      lost={t("reset.lost")}
      button={t("choose.button")}
      attempt={reset}
      onChosen={(password) => reset.mutateAsync({ secret: secret ?? "", password })}
    />
  );
}
