import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { t } from "@/shared/i18n/t";
import { Dialog } from "./Dialog";
import styles from "./Form.module.css";
import { FormError } from "./FormError";

interface Props {
  opened: boolean;
  title: string;
  button: string;
  /** What it does can be taken back. */
  harmless?: boolean;
  pending: boolean;
  error: string | undefined;
  onConfirm: () => void;
  onClose: () => void;
  children: ReactNode;
}

/** Asks before what cannot be taken back. */
export function ConfirmDialog({ opened, title, button, harmless = false, pending, error, onConfirm, onClose, children }: Props) {
  if (!opened) return null;
  return (
    <Dialog title={title} onClose={onClose}>
      <div className={styles.form}>
        <p className={styles.text}>{children}</p>
        <FormError>{error}</FormError>
        <div className={styles.buttons}>
          <Button variant="default" onClick={onClose} data-autofocus>
            {t("common.cancel")}
          </Button>
          <Button className={harmless ? undefined : styles.danger} loading={pending} onClick={onConfirm}>
            {button}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
