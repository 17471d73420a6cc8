import { Button, Title } from "@mantine/core";
import { Component, type ReactNode } from "react";
import { t } from "@/shared/i18n/t";

/** Keeps a fault of the page from leaving it blank. */
export class Boundary extends Component<{ children: ReactNode }, { error: Error | undefined }> {
  override state = { error: undefined as Error | undefined };

  static getDerivedStateFromError(error: unknown) {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render() {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    return (
      <main role="alert" style={{ padding: 24, maxWidth: 640 }}>
        <Title order={1}>{t("shell.fault")}</Title>
        <p>{error.message}</p>
        <p>{t("shell.faultAbout")}</p>
        <Button variant="default" onClick={() => window.location.reload()}>
          {t("shell.loadAgain")}
        </Button>
      </main>
    );
  }
}
