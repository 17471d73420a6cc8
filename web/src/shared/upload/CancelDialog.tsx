import { useState } from "react";
import { sentence } from "@/shared/api/problem";
import { ConfirmDialog } from "@/shared/ui/ConfirmDialog";
import { t } from "./messages/t";
import { takeBack } from "./send";
import type { Sendable, Transfers } from "./transfers";

interface Props<F extends Sendable> {
  transfers: Transfers<F>;
  file: F;
  about: string | undefined; // what else it means
  onGone: () => void;
  onClose: () => void;
}

/** Asks, and takes back what has come of a file. */
export function CancelDialog<F extends Sendable>({ transfers, file, about, onGone, onClose }: Props<F>) {
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<string>();
  const cancel = async () => {
    setPending(true);
    setError(undefined);
    try {
      transfers.pause(file.id);
      await takeBack(file.upload.url);
      transfers.drop(file.id);
      onGone();
      onClose();
    } catch (failure) {
      setError(sentence(failure));
      setPending(false);
    }
  };
  return (
    <ConfirmDialog opened title={t("cancelTitle", { name: file.name })} button={t("cancelFile")} pending={pending} error={error} onConfirm={() => void cancel()} onClose={onClose}>
      {about ?? t("cancelAbout")}
    </ConfirmDialog>
  );
}
