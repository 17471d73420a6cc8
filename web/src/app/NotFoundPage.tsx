import { Title } from "@mantine/core";
import { Link } from "wouter";
import { t } from "@/shared/i18n/t";

export function NotFoundPage() {
  return (
    <main style={{ padding: 24 }}>
      <title>{`${t("shell.noPage")} · Backlot`}</title>
      <Title order={1}>{t("shell.noPage")}</Title>
      <p>
        <Link href="/">{t("shell.toBeginning")}</Link>
      </p>
    </main>
  );
}
