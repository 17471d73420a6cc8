import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { sentence } from "@/shared/api/problem";
import { Words } from "@/shared/i18n/Words";
import styles from "./Editor.module.css";
import { t } from "./messages/t";

interface Props {
  change: { isError: boolean; isPending: boolean; error: unknown };
  both: string | undefined; // what it was and what it is now, where somebody else was quicker
  yours: string | undefined; // what was entered, where that is something else
  again: string; // that it may be sent once more
  action: string;
  disabled: boolean;
  onSubmit: () => void;
  onDone: () => void;
  children: ReactNode;
}

/** A form that changes a field in its place, and shows both versions where two people changed it at once. */
export function EditorForm({ change, both, yours, again, action, disabled, onSubmit, onDone, children }: Props) {
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      {children}
      {change.isError && (
        <p role="alert" className={styles.error}>
          {sentence(change.error)}
        </p>
      )}
      {both !== undefined && (
        <p role="status" className={styles.both}>
          <Words text={both} tags={{ strong: (inner) => <strong>{inner}</strong> }} />
          {yours !== undefined && ` ${t("edit.yours", { value: yours })}`}
          {change.isError && ` ${again}`}
        </p>
      )}
      <div className={styles.buttons}>
        <Button variant="default" onClick={onDone}>
          {t("common.cancel")}
        </Button>
        <Button type="submit" loading={change.isPending} disabled={disabled}>
          {action}
        </Button>
      </div>
    </form>
  );
}
