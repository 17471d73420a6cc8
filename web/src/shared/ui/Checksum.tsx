import { ActionIcon, Tooltip } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useState } from "react";
import { t } from "@/shared/i18n/t";
import styles from "./Checksum.module.css";

/** A checksum by its beginning, copied whole. */
export function Checksum({ value, label }: { value: string; label: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(value);
      setCopied(true);
    } catch {
      // Its tooltip has it whole.
    }
  };
  return (
    <span className={styles.checksum}>
      <span title={value}>{value.slice(0, 10)}…</span>
      <Tooltip label={copied ? t("common.copied") : label}>
        <ActionIcon size={20} variant="subtle" color="gray" aria-label={label} onClick={() => void copy()}>
          {copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
        </ActionIcon>
      </Tooltip>
    </span>
  );
}
