import { TextInput } from "@mantine/core";
import { useState } from "react";
import { faultOf } from "@/shared/api/problem";
import { useAcceptInvitation } from "./api/acceptInvitation";
import { ChoosePassword } from "./ChoosePassword";
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
      title="Welcome to Backlot"
      text="You are invited. Choose a password, and you are in."
      lost="This page belongs to the link of an invitation. Open the link of your mail again; if it has served already, sign in with your password."
      button="Choose the password"
      attempt={accept}
      onChosen={(password) => accept.mutateAsync({ secret: secret ?? "", password, ...(name.trim() === "" ? {} : { name: name.trim() }) })}
    >
      <TextInput
        label="Your name (optional)"
        description="As others are to read it. Left empty, it is the one in your invitation."
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
