import { Radio, Stack, Textarea } from "@mantine/core";
import { useState } from "react";
import { named, t } from "@/shared/i18n/t";
import form from "@/shared/ui/Form.module.css";
import { useStartBulk } from "../api/startBulk";
import type { FormProps } from "../BulkDialog";
import { Footer } from "./Footer";

const scopes = ["Full", "Metadata Only"];

export function RedeliveryForm({ target, onStarted, onClose }: FormProps) {
  const [scope, setScope] = useState("Full");
  const [text, setText] = useState("");
  const start = useStartBulk("redelivery");
  const reasons = text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  return (
    <form
      className={form.form}
      onSubmit={(event) => {
        event.preventDefault();
        start.mutate({ ...target, scope, reasons }, { onSuccess: (job) => onStarted({ job, undo: undefined }) });
      }}
    >
      <Radio.Group label={t("bulk.redelivery.scope")} value={scope} onChange={setScope}>
        <Stack gap={4} mt={4}>
          {scopes.map((one) => (
            <Radio key={one} size="xs" value={one} label={named("value", one, one)} />
          ))}
        </Stack>
      </Radio.Group>
      <Textarea label={t("bulk.redelivery.reasons")} description={t("bulk.redelivery.lines")} required withAsterisk={false} autosize minRows={3} maxRows={8} data-autofocus value={text} onChange={(event) => setText(event.currentTarget.value)} />
      <Footer button={t("bulk.redelivery.button")} error={start.error} pending={start.isPending} disabled={reasons.length === 0} onClose={onClose} />
    </form>
  );
}
