import { TextInput } from "@mantine/core";
import { useState } from "react";
import { faultOf } from "@/shared/api/problem";
import { useAcceptInvitation } from "./api/acceptInvitation";
import { ChoosePassword } from "./ChoosePassword";
import { t } from "./messages/t";
import { useSecret } from "./secret";

/** Where the link of an invitation leads. */
export function InvitationPage() {
  const secret = useSecret();
  // Another link in the same tab begins anew.
  return <Invitation key={secret} secret={secret} />;
}

function Invitation({ secret }: { secret: string | undefined }) {
  const [name, setName] = useState("");
  const accept = useAcceptInvitation();
  return (
    <ChoosePassword
      secret={secret}
      title={t("invitation.title")}
      text={t("invitation.text")}
      lost={t("invitation.lost")}
      button={t("choose.button")}
      attempt={accept}
      onChosen={(password) => accept.mutateAsync({ secret: secret ?? "", password, ...(name.trim() === "" ? {} : { name: name.trim() }) })}
    >
      <TextInput
        label={t("invitation.name")}
        description={t("invitation.nameAbout")}
        autoComplete="name"
        name="name"
        maxLength={200}
        value={name}
        error={faultOf(accept.error, "name")}
        onChange={(event) => setName(event.currentTarget.value)}
      />
    </ChoosePassword>
  );
}
