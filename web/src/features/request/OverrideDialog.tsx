import { Button, Textarea } from "@mantine/core";
import { useState } from "react";
import { sentence } from "@/shared/api/problem";
import { Dialog } from "@/shared/ui/Dialog";
import form from "@/shared/ui/Form.module.css";
import { FormError } from "@/shared/ui/FormError";
import type { Deliveries } from "@/shared/api/request/getDeliveries";
import { useOverrideFinding } from "./api/overrideFinding";
import { t } from "./messages/t";

interface Props {
  id: string;
  delivery: string;
  finding: Deliveries["deliveries"][number]["findings"][number];
  onClose: () => void;
}

/** Asks for the reason for which a finding is accepted as it is. */
export function OverrideDialog({ id, delivery, finding, onClose }: Props) {
  const [reason, setReason] = useState("");
  const override = useOverrideFinding(id, delivery, finding.id);
  return (
    <Dialog title={t("deliveries.overrideTitle", { code: finding.code })} onClose={onClose}>
      <form
        className={form.form}
        onSubmit={(event) => {
          event.preventDefault();
          override.mutate({ reason: reason.trim() }, { onSuccess: onClose });
        }}
      >
        <p className={form.text}>{finding.text}</p>
        <p className={form.note}>{t("deliveries.overrideAbout")}</p>
        <Textarea label={t("deliveries.reason")} required withAsterisk={false} data-autofocus autosize minRows={2} maxRows={8} maxLength={2_000} value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
        <FormError>{override.isError ? sentence(override.error) : undefined}</FormError>
        <div className={form.buttons}>
          <Button variant="default" onClick={onClose}>
            {t("common.cancel")}
          </Button>
          <Button type="submit" disabled={reason.trim() === ""} loading={override.isPending}>
            {t("deliveries.override")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
