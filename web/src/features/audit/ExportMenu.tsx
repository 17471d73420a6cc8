import { Button, Menu, Tooltip } from "@mantine/core";
import { IconFileExport } from "@tabler/icons-react";
import styles from "./Audit.module.css";
import { type AuditFilter, formatFilter } from "./filter";
import { t } from "./messages/t";

const formats = ["csv", "jsonl"] as const;

/** Everything that the filter finds, as a file that the browser writes while the server reads the log. */
export function ExportMenu({ filter, disabled }: { filter: AuditFilter; disabled: boolean }) {
  const href = (format: string) => {
    const query = new URLSearchParams(formatFilter(filter));
    query.set("format", format);
    return "/api/v1/audit/export?" + query.toString();
  };
  return (
    <Menu position="bottom-end" width={264} withinPortal={false}>
      <Menu.Target>
        <Tooltip label={t("export.tip")}>
          <Button size="xs" variant="default" disabled={disabled} leftSection={<IconFileExport size={16} aria-hidden />}>
            {t("export.export")}
          </Button>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        {formats.map((format) => (
          <Menu.Item key={format} component="a" href={href(format)} download>
            {t(`export.${format}`)}
          </Menu.Item>
        ))}
        <Menu.Label className={styles.exportNote}>{t("export.note")}</Menu.Label>
      </Menu.Dropdown>
    </Menu>
  );
}
