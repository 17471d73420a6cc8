import { Button, Textarea } from "@mantine/core";
import { useState } from "react";
import { sentence } from "@/shared/api/problem";
import { valueName } from "@/shared/i18n/values";
import { Dialog } from "@/shared/ui/Dialog";
import form from "@/shared/ui/Form.module.css";
import { FormError } from "@/shared/ui/FormError";
import { useCancelRequest } from "../api/cancelRequest";
import { t } from "../messages/t";

interface Props {
  id: string;
  action: "cancel" | "reinstate";
  backTo: string | null; // the status that reinstating returns to
  onDone: () => void;
  onClose: () => void;
}

export function CancelDialog({ id, action, backTo, onDone, onClose }: Props) {
  const [reason, setReason] = useState("");
  const change = useCancelRequest(id);
  return (
    <Dialog title={t(`actions.${action}`)} onClose={onClose}>
      <form
        className={form.form}
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate({ action, ...(reason.trim() === "" ? {} : { reason: reason.trim() }) }, { onSuccess: onDone });
        }}
      >
        <p className={form.text}>{action === "cancel" ? t("actions.cancelAbout") : t("actions.reinstateAbout", { status: valueName(backTo ?? "Open") })}</p>
        <Textarea label={t("edit.reasonOptional")} autosize minRows={2} maxRows={6} maxLength={2000} data-autofocus value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
        <FormError>{change.isError ? sentence(change.error) : undefined}</FormError>
        <div className={form.buttons}>
          <Button variant="default" onClick={onClose}>
            {t("common.close")}
          </Button>
          <Button type="submit" className={action === "cancel" ? form.danger : undefined} loading={change.isPending}>
            {t(`actions.${action}`)}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
