import { Button, TextInput } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useRef, useState } from "react";
import { t } from "@/shared/i18n/t";
import styles from "./CopyField.module.css";

/** Something to take along: shown whole where it fits, and copied with one press. */
export function CopyField({ label, value }: { label: string; value: string }) {
  const field = useRef<HTMLInputElement>(null);
  const [copied, setCopied] = useState<boolean>();
  const copy = async () => {
    field.current?.select();
    try {
      // Over plain HTTP from another machine, the browser has no clipboard.
      await navigator.clipboard.writeText(value);
      setCopied(true);
    } catch {
      setCopied(false);
    }
  };
  return (
    <div>
      <div className={styles.line}>
        <TextInput ref={field} label={label} value={value} readOnly className={styles.field} classNames={{ input: styles.value ?? "" }} onFocus={(event) => event.currentTarget.select()} />
        <Button variant="default" leftSection={copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />} onClick={() => void copy()}>
          {t(copied ? "common.copied" : "common.copy")}
        </Button>
      </div>
      <p role="status" className={styles.hint}>
        {copied === false && t("common.copyByHand")}
      </p>
    </div>
  );
}
