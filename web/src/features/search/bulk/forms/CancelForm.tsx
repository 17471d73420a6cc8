import { Textarea } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useIntent } from "@/shared/api/intent";
import { t } from "@/shared/i18n/t";
import { formatNumber } from "@/shared/lib/format";
import form from "@/shared/ui/Form.module.css";
import { getTargetRows } from "@/shared/api/request/getTargetRows";
import { startBulk } from "../api/startBulk";
import type { FormProps } from "../BulkDialog";
import { undoable, undoOf } from "../undo";
import { Footer } from "./Footer";

/** Takes requests back, or brings them back. */
export function CancelForm({ action, target, count, onStarted, onClose }: FormProps & { action: "cancel" | "reinstate" }) {
  const [reason, setReason] = useState("");
  const intent = useIntent();
  const start = useMutation({
    mutationFn: async () => {
      const before = await getTargetRows(target, ["status"], undoable);
      // With each one named, exactly what was changed can be taken back.
      const those = before === undefined ? target : { ids: before.map((row) => row.request_id) };
      const order = { ...those, ...(reason.trim() === "" ? {} : { reason: reason.trim() }) };
      return { job: await startBulk(action, order, intent.keyFor(order)), undo: before === undefined ? undefined : undoOf(action, before) };
    },
    onSuccess: onStarted,
  });
  return (
    <form
      className={form.form}
      onSubmit={(event) => {
        event.preventDefault();
        start.mutate();
      }}
    >
      <p className={form.text}>{t(`bulk.${action}.about`, { count, n: formatNumber(count) })}</p>
      {count > undoable && <p className={form.note}>{t("bulk.tooManyToUndo", { n: formatNumber(undoable) })}</p>}
      <Textarea label={t("bulk.reasonOptional")} autosize minRows={2} maxRows={6} maxLength={2000} data-autofocus value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
      <Footer button={t(`bulk.${action}.button`, { count, n: formatNumber(count) })} danger={action === "cancel"} error={start.error} pending={start.isPending} disabled={false} onClose={onClose} />
    </form>
  );
}
