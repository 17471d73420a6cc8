import { Button } from "@mantine/core";
import { useState } from "react";
import { sentence } from "@/shared/api/problem";
import { ConfirmDialog } from "@/shared/ui/ConfirmDialog";
import { Section } from "@/shared/ui/Section";
import { useSignOutEverywhere } from "./api/signOutEverywhere";
import { t } from "./messages/t";

export function SessionsSection() {
  const [asked, setAsked] = useState(false);
  const signOut = useSignOutEverywhere();
  return (
    <Section title={t("sessions.title")} about={t("sessions.about")}>
      <Button variant="default" onClick={() => setAsked(true)}>
        {t("sessions.open")}
      </Button>
      <ConfirmDialog
        opened={asked}
        title={t("sessions.ask")}
        button={t("sessions.button")}
        pending={signOut.isPending}
        error={signOut.isError ? sentence(signOut.error) : undefined}
        onConfirm={() => signOut.mutate()}
        onClose={() => setAsked(false)}
      >
        {t("sessions.what")}
      </ConfirmDialog>
    </Section>
  );
}
