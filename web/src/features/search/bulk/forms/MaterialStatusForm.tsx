import { Radio, Stack, Textarea } from "@mantine/core";
import { useState } from "react";
import { named, t } from "@/shared/i18n/t";
import form from "@/shared/ui/Form.module.css";
import { useStartBulk } from "../api/startBulk";
import type { FormProps } from "../BulkDialog";
import { Footer } from "./Footer";

const choices = ["Not Received", "Received", "Accepted", "Rejected"];

export function MaterialStatusForm({ target, onStarted, onClose }: FormProps) {
  const [status, setStatus] = useState("");
  const [reason, setReason] = useState("");
  const start = useStartBulk("material-status");
  const needsReason = status === "Rejected";
  return (
    <form
      className={form.form}
      onSubmit={(event) => {
        event.preventDefault();
        start.mutate({ ...target, material_status: status, ...(reason.trim() === "" ? {} : { reason: reason.trim() }) }, { onSuccess: (job) => onStarted({ job, undo: undefined }) });
      }}
    >
      <Radio.Group label={t("bulk.material.status")} value={status} onChange={setStatus}>
        <Stack gap={4} mt={4}>
          {choices.map((choice, i) => (
            <Radio key={choice} size="xs" value={choice} label={named("value", choice, choice)} data-autofocus={i === 0 || undefined} />
          ))}
        </Stack>
      </Radio.Group>
      <Textarea label={needsReason ? t("bulk.reason") : t("bulk.reasonOptional")} required={needsReason} withAsterisk={false} autosize minRows={2} maxRows={6} maxLength={2000} value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
      <Footer button={t("bulk.material.button")} error={start.error} pending={start.isPending} disabled={status === "" || (needsReason && reason.trim() === "")} onClose={onClose} />
    </form>
  );
}
