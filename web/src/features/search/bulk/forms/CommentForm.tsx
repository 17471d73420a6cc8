import { Textarea } from "@mantine/core";
import { useState } from "react";
import { t } from "@/shared/i18n/t";
import form from "@/shared/ui/Form.module.css";
import { useStartBulk } from "../api/startBulk";
import type { FormProps } from "../BulkDialog";
import { Footer } from "./Footer";

export function CommentForm({ target, count, onStarted, onClose }: FormProps) {
  const [text, setText] = useState("");
  const start = useStartBulk("comment");
  return (
    <form
      className={form.form}
      onSubmit={(event) => {
        event.preventDefault();
        start.mutate({ ...target, text: text.trim() }, { onSuccess: (job) => onStarted({ job, undo: undefined }) });
      }}
    >
      <Textarea label={t("bulk.comment.text")} description={count > 1 ? t("bulk.comment.each") : undefined} required withAsterisk={false} autosize minRows={4} maxRows={12} maxLength={10_000} data-autofocus value={text} onChange={(event) => setText(event.currentTarget.value)} />
      <Footer button={t("bulk.comment.button")} error={start.error} pending={start.isPending} disabled={text.trim() === ""} onClose={onClose} />
    </form>
  );
}
