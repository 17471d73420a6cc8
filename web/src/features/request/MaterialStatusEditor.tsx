import { Button, Popover, Radio, Stack, Textarea } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { useState } from "react";
import type { Schemas } from "@/shared/api/client";
import { valueName } from "@/shared/i18n/values";
import { keys } from "@/shared/lib/keys";
import { useChangeMaterialStatus } from "./api/changeMaterialStatus";
import { EditorForm } from "./EditorForm";
import { t } from "./messages/t";
import { useBase } from "./useBase";

type MaterialStatus = Schemas["MaterialStatus"];
const choices: MaterialStatus[] = ["Not Received", "Received", "Accepted", "Rejected"];

interface Props {
  id: string;
  etag: string;
  present: MaterialStatus;
}

export function MaterialStatusEditor({ id, etag, present }: Props) {
  const [opened, setOpened] = useState(false);
  useHotkeys([[keys.materialStatus, () => setOpened(true)]]);
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" width={280} trapFocus returnFocus withinPortal>
      <Popover.Target>
        <Button size="compact-xs" variant="default" onClick={() => setOpened(!opened)} aria-label={t("material.open")} title={t("material.openTip")}>
          {t("material.change")}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>{opened && <Form id={id} etag={etag} present={present} onDone={() => setOpened(false)} />}</Popover.Dropdown>
    </Popover>
  );
}

function Form({ id, etag, present, onDone }: Props & { onDone: () => void }) {
  const [status, setStatus] = useState<MaterialStatus>(present);
  const [reason, setReason] = useState("");
  const base = useBase(etag, present);
  const change = useChangeMaterialStatus(id, base.etag);
  const needsReason = status === "Rejected";
  return (
    <EditorForm
      change={change}
      both={base.now === base.before ? undefined : t("material.both", { before: valueName(base.before), now: valueName(base.now) })}
      yours={status === base.now ? undefined : valueName(status)}
      again={t("material.again")}
      action={t("material.change")}
      disabled={status === present || (needsReason && reason.trim() === "")}
      onSubmit={() => change.mutate({ material_status: status, ...(reason.trim() === "" ? {} : { reason: reason.trim() }) }, { onSuccess: onDone, onError: (error) => base.collided(error, (current) => current.material_status) })}
      onDone={onDone}
    >
      <Radio.Group label={t("field.materialStatus")} value={status} onChange={(value) => setStatus(value as MaterialStatus)}>
        <Stack gap={4} mt={4}>
          {choices.map((choice) => (
            <Radio key={choice} size="xs" value={choice} label={valueName(choice)} data-autofocus={choice === present || undefined} />
          ))}
        </Stack>
      </Radio.Group>
      <Textarea label={t(needsReason ? "edit.reason" : "edit.reasonOptional")} required={needsReason} withAsterisk={false} autosize minRows={2} maxRows={6} value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
    </EditorForm>
  );
}
