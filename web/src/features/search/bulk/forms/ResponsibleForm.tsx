import { Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { t } from "@/shared/i18n/t";
import form from "@/shared/ui/Form.module.css";
import { colleaguesQuery } from "../api/getColleagues";
import { useStartBulk } from "../api/startBulk";
import type { FormProps } from "../BulkDialog";
import { Footer } from "./Footer";

const nobody = "";

/** Says who of one's own organisation works on requests. */
export function ResponsibleForm({ session, target, onStarted, onClose }: FormProps) {
  const [account, setAccount] = useState<string | null>(session.account);
  const colleagues = useQuery(colleaguesQuery);
  const start = useStartBulk("responsible");
  const others = (colleagues.data?.accounts ?? []).filter((one) => one.id !== session.account && one.organisation?.id === session.organisation?.id);
  return (
    <form
      className={form.form}
      onSubmit={(event) => {
        event.preventDefault();
        start.mutate({ ...target, account: account === nobody ? null : account }, { onSuccess: (job) => onStarted({ job, undo: undefined }) });
      }}
    >
      <Select
        label={t("bulk.responsible.who")}
        data={[
          { value: session.account ?? "me", label: t("bulk.responsible.me", { name: session.name ?? "" }) },
          ...others.map((one) => ({ value: one.id, label: one.name ?? one.id })),
          { value: nobody, label: t("bulk.responsible.nobody") },
        ]}
        searchable
        openOnFocus={false}
        allowDeselect={false}
        data-autofocus
        value={account}
        onChange={setAccount}
      />
      <Footer button={t("bulk.responsible.button")} error={start.error ?? colleagues.error} pending={start.isPending} disabled={account === null} onClose={onClose} />
    </form>
  );
}
