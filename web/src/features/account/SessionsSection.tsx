import { Button } from "@mantine/core";
import { useState } from "react";
import { sentence } from "@/shared/api/problem";
import { ConfirmDialog } from "@/shared/ui/ConfirmDialog";
import { Section } from "@/shared/ui/Section";
import { useSignOutEverywhere } from "./api/signOutEverywhere";

export function SessionsSection() {
  const [asked, setAsked] = useState(false);
  const signOut = useSignOutEverywhere();
  return (
    <Section title="Sessions" about="If you forgot to sign out somewhere.">
      <Button variant="default" onClick={() => setAsked(true)}>
        Sign out everywhere…
      </Button>
      <ConfirmDialog
        opened={asked}
        title="Sign out everywhere?"
        button="Sign out everywhere"
        pending={signOut.isPending}
        error={signOut.isError ? sentence(signOut.error) : undefined}
        onConfirm={() => signOut.mutate()}
        onClose={() => setAsked(false)}
      >
        Every browser that is signed in as you is signed out, this one too. API tokens go on.
      </ConfirmDialog>
    </Section>
  );
}
