import { ActionIcon, Button, Tooltip } from "@mantine/core";
import { IconFileUpload, IconX } from "@tabler/icons-react";
import { t as common } from "@/shared/i18n/t";
import { formatNumber } from "@/shared/lib/format";
import styles from "./MaterialsPage.module.css";
import { t } from "./messages/t";

/** What can be done to the requests that are chosen. */
export function SelectionBar({ count, onProvide, onClear }: { count: number; onProvide: () => void; onClear: () => void }) {
  return (
    <section className={styles.bar} aria-label={common("select.bar")}>
      <span role="status">{common("select.selected", { count, n: formatNumber(count) })}</span>
      <span className={styles.space} />
      <Button size="compact-sm" leftSection={<IconFileUpload size={16} aria-hidden />} onClick={onProvide}>
        {t("page.provide")}
      </Button>
      <Tooltip label={common("select.clear")}>
        <ActionIcon size={28} variant="subtle" color="gray" aria-label={common("select.clear")} onClick={onClear}>
          <IconX size={16} />
        </ActionIcon>
      </Tooltip>
    </section>
  );
}
