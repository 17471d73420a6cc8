import { Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { partnersQuery } from "@/shared/api/partners";
import { faultOf } from "@/shared/api/problem";
import { t } from "@/shared/i18n/t";
import form from "@/shared/ui/Form.module.css";
import { useStartBulk } from "../api/startBulk";
import type { FormProps } from "../BulkDialog";
import { nobody } from "./edits";
import { Footer } from "./Footer";

/** Says which partners make the assets; what is left alone stays as it is. */
export function AssignForm({ target, onStarted, onClose }: FormProps) {
  const [assignee, setAssignee] = useState<string | null>(null);
  const [helper, setHelper] = useState<string | null>(null);
  const partners = useQuery(partnersQuery);
  const start = useStartBulk("assign");
  const those = (partners.data?.organisations ?? []).filter((one) => one.kinds.includes("fulfillment_partner")).map((one) => ({ value: one.id, label: one.name }));
  const data = [{ value: nobody, label: t("bulk.edit.nobody") }, ...those];
  const chosen = { ...(assignee === null ? {} : { fulfillment_partner: assignee === nobody ? null : assignee }), ...(helper === null ? {} : { sub_assignee: helper === nobody ? null : helper }) };
  const common = { placeholder: t("bulk.edit.unchanged"), data, searchable: true, clearable: true, openOnFocus: false };
  return (
    <form
      className={form.form}
      onSubmit={(event) => {
        event.preventDefault();
        start.mutate({ ...target, ...chosen }, { onSuccess: (job) => onStarted({ job, undo: undefined }) });
      }}
    >
      <Select {...common} label={t("bulk.assign.partner")} data-autofocus value={assignee} error={faultOf(start.error, "fulfillment_partner")} onChange={setAssignee} />
      <Select {...common} label={t("bulk.assign.helper")} value={helper} error={faultOf(start.error, "sub_assignee")} onChange={setHelper} />
      <Footer button={t("action.assign")} error={start.error ?? partners.error} pending={start.isPending} disabled={Object.keys(chosen).length === 0} onClose={onClose} />
    </form>
  );
}
