import { Button, Radio, Stack, Textarea } from "@mantine/core";
import { useState } from "react";
import type { Schemas } from "@/shared/api/client";
import { sentence } from "@/shared/api/problem";
import { valueName } from "@/shared/i18n/values";
import { Dialog } from "@/shared/ui/Dialog";
import form from "@/shared/ui/Form.module.css";
import { FormError } from "@/shared/ui/FormError";
import { useRequestRedelivery } from "../api/requestRedelivery";
import { t } from "../messages/t";

type Scope = NonNullable<Schemas["RequestRedelivery"]["scope"]>;
const scopes: Scope[] = ["Full", "Metadata Only"];

export function RedeliveryDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const [scope, setScope] = useState<Scope>("Full");
  const [text, setText] = useState("");
  const ask = useRequestRedelivery(id);
  const reasons = text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  return (
    <Dialog title={t("actions.redelivery")} onClose={onClose}>
      <form
        className={form.form}
        onSubmit={(event) => {
          event.preventDefault();
          ask.mutate({ scope, reasons }, { onSuccess: onClose });
        }}
      >
        <Radio.Group label={t("actions.redeliveryScope")} value={scope} onChange={(next) => setScope(next as Scope)}>
          <Stack gap={4} mt={4}>
            {scopes.map((one) => (
              <Radio key={one} size="xs" value={one} label={valueName(one)} />
            ))}
          </Stack>
        </Radio.Group>
        <Textarea label={t("actions.redeliveryReasons")} description={t("actions.redeliveryLines")} autosize minRows={3} maxRows={8} data-autofocus value={text} onChange={(event) => setText(event.currentTarget.value)} />
        <FormError>{ask.isError ? sentence(ask.error) : undefined}</FormError>
        <div className={form.buttons}>
          <Button variant="default" onClick={onClose}>
            {t("common.cancel")}
          </Button>
          <Button type="submit" loading={ask.isPending} disabled={reasons.length === 0}>
            {t("actions.redelivery")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
