import { Modal } from "@mantine/core";
import { type ReactNode, useEffect, useRef } from "react";
import { t } from "@/shared/i18n/t";
import styles from "./Dialog.module.css";

interface Props {
  title: string;
  onClose: () => void;
  size?: number; // pixels wide, where it needs more than usual
  children: ReactNode;
}

/** A dialog over the page, open as long as it is there; the focus goes back to where it was. */
export function Dialog({ title, onClose, size, children }: Props) {
  const before = useRef(document.activeElement);
  useEffect(() => {
    const element = before.current;
    return () => {
      if (element instanceof HTMLElement && element.isConnected) element.focus();
    };
  }, []);
  return (
    // The pages scroll inside of themselves, and locking the document would need a style without a nonce.
    <Modal.Root opened onClose={onClose} {...(size === undefined ? {} : { size })} centered lockScroll={false} transitionProps={{ duration: 100 }}>
      <Modal.Overlay />
      <Modal.Content radius="md">
        {/* Mantine's own header is a landmark, as if it were the page's. */}
        <div className={styles.head}>
          <Modal.Title className={styles.title}>{title}</Modal.Title>
          <Modal.CloseButton aria-label={t("common.close")} />
        </div>
        <Modal.Body className={styles.body}>{children}</Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
