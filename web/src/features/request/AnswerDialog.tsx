import { Button, Radio, Textarea } from "@mantine/core";
import { useState } from "react";
import type { Schemas } from "@/shared/api/client";
import { faultBeside, faultOf } from "@/shared/api/problem";
import { valueName } from "@/shared/i18n/values";
import { Dialog } from "@/shared/ui/Dialog";
import form from "@/shared/ui/Form.module.css";
import { FormError } from "@/shared/ui/FormError";
import { useAnswerIssue } from "./api/answerIssue";
import { t } from "./messages/t";

type Answer = Schemas["AnswerIssue"]["answer"];

const answers = { "Will Fix": "willFix", "Creative Intent": "creativeIntent", "Best Possible": "bestPossible" } as const;

/** Asks what will be done about an issue. */
export function AnswerDialog({ id, issue, onClose }: { id: string; issue: Schemas["Issue"]; onClose: () => void }) {
  const [chosen, setChosen] = useState<Answer | undefined>((issue.answer as Answer | null) ?? undefined);
  const [note, setNote] = useState(issue.note ?? "");
  const send = useAnswerIssue(id, issue.id);
  return (
    <Dialog title={t("qc.answerTitle", { code: issue.code })} onClose={onClose}>
      <form
        className={form.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (chosen !== undefined) send.mutate({ answer: chosen, ...(note.trim() === "" ? {} : { note: note.trim() }) }, { onSuccess: onClose });
        }}
      >
        <p className={form.text}>{issue.description}</p>
        <Radio.Group label={t("qc.answer")} value={chosen ?? ""} error={faultOf(send.error, "answer")} onChange={(value) => setChosen(value as Answer)}>
          <div className={form.form}>
            {(Object.keys(answers) as Answer[]).map((value, i) => (
              <Radio key={value} value={value} label={valueName(value)} description={t(`qc.${answers[value]}`)} {...(i === 0 ? { "data-autofocus": true } : {})} />
            ))}
          </div>
        </Radio.Group>
        <Textarea label={t("qc.note")} autosize minRows={2} maxRows={8} maxLength={2_000} value={note} error={faultOf(send.error, "note")} onChange={(event) => setNote(event.currentTarget.value)} />
        <FormError>{faultBeside(send.error, ["answer", "note"])}</FormError>
        <div className={form.buttons}>
          <Button variant="default" onClick={onClose}>
            {t("common.cancel")}
          </Button>
          <Button type="submit" disabled={chosen === undefined} loading={send.isPending}>
            {t("qc.send")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
