import { Anchor } from "@mantine/core";
import { Link } from "wouter";
import { Dialog } from "@/shared/ui/Dialog";
import { t } from "./messages/t";
import { Shortcuts } from "./Shortcuts";

export function ShortcutsDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title={t("shortcuts")} size={720} onClose={onClose}>
      <Shortcuts headings="h3" />
      <p>
        <Anchor component={Link} href="/help" onClick={onClose}>
          {t("more")}
        </Anchor>
      </p>
    </Dialog>
  );
}
