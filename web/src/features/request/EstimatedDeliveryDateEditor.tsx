import { Button, Popover, Textarea, TextInput } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { useState } from "react";
import { daysBetween, formatDate } from "@/shared/lib/format";
import { keys } from "@/shared/lib/keys";
import { useChangeEstimatedDeliveryDate } from "./api/changeEstimatedDeliveryDate";
import { EditorForm } from "./EditorForm";
import { t } from "./messages/t";
import { useBase } from "./useBase";

interface Props {
  id: string;
  etag: string;
  dueDate: string;
  present: string;
}

export function EstimatedDeliveryDateEditor({ id, etag, dueDate, present }: Props) {
  const [opened, setOpened] = useState(false);
  useHotkeys([[keys.estimatedDeliveryDate, () => setOpened(true)]]);
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" width={320} trapFocus returnFocus withinPortal>
      <Popover.Target>
        <Button size="compact-xs" variant="default" onClick={() => setOpened(!opened)} aria-label={t("edd.open")} title={t("edd.openTip")}>
          {t("edd.move")}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>{opened && <Form id={id} etag={etag} dueDate={dueDate} present={present} onDone={() => setOpened(false)} />}</Popover.Dropdown>
    </Popover>
  );
}

function Form({ id, etag, dueDate, present, onDone }: Props & { onDone: () => void }) {
  const [date, setDate] = useState(present);
  const [reason, setReason] = useState("");
  const base = useBase(etag, present);
  const change = useChangeEstimatedDeliveryDate(id, base.etag);
  const late = date === "" ? 0 : daysBetween(dueDate, date);
  return (
    <EditorForm
      change={change}
      both={base.now === base.before ? undefined : t("edd.both", { before: formatDate(base.before), now: formatDate(base.now) })}
      yours={date === base.now ? undefined : formatDate(date)}
      again={t("edd.again")}
      action={t("edd.move")}
      disabled={date === "" || date === present || reason.trim() === ""}
      onSubmit={() => change.mutate({ date, reason: reason.trim() }, { onSuccess: onDone, onError: (error) => base.collided(error, (current) => current.estimated_delivery_date) })}
      onDone={onDone}
    >
      <TextInput
        type="date"
        label={t("field.edd")}
        required
        withAsterisk={false}
        data-autofocus
        value={date}
        onChange={(event) => setDate(event.currentTarget.value)}
        description={late > 0 ? t("edd.late", { count: late, due: formatDate(dueDate) }) : t("edd.due", { due: formatDate(dueDate) })}
      />
      <Textarea label={t("edit.reason")} required withAsterisk={false} autosize minRows={2} maxRows={6} value={reason} onChange={(event) => setReason(event.currentTarget.value)} placeholder={t("edd.why")} />
    </EditorForm>
  );
}
