import { Autocomplete, Select, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { faultOf } from "@/shared/api/problem";
import { named, t } from "@/shared/i18n/t";
import form from "@/shared/ui/Form.module.css";
import { catalogueQuery } from "@/shared/api/catalogue";
import { valueLabel } from "@/shared/lib/labels";
import { partnersQuery } from "@/shared/api/partners";
import { useStartBulk } from "../api/startBulk";
import type { FormProps } from "../BulkDialog";
import styles from "../Bulk.module.css";
import { bodyOf, editableBy, type Field, nobody } from "./edits";
import { Footer } from "./Footer";

/** Sets fields; those that are left empty stay as they are. */
export function EditForm({ session, target, onStarted, onClose }: FormProps) {
  const fields = editableBy(session.role);
  const [values, setValues] = useState<Record<string, string>>({});
  const catalogue = useQuery(catalogueQuery);
  const partners = useQuery(partnersQuery);
  const start = useStartBulk("edit");
  const body = bodyOf(values);
  const set = (name: string, value: string) => setValues((before) => ({ ...before, [name]: value }));
  const labelOf = (name: string) => named("column", name, catalogue.data?.columns.find((c) => c.name === name)?.label ?? name);
  const valuesOf = (name: string) => catalogue.data?.modifiers.find((m) => m.name === name)?.values ?? [];
  const organisations = (kind: string) => (partners.data?.organisations ?? []).filter((o) => o.kinds.includes(kind as never)).map((o) => ({ value: o.id, label: o.name }));

  const input = (field: Field, first: boolean) => {
    const common = { label: labelOf(field.name), "data-autofocus": first || undefined, error: faultOf(start.error, field.name) };
    const value = values[field.name] ?? "";
    switch (field.kind) {
      case "choice":
        return <Select key={field.name} {...common} placeholder={t("bulk.edit.unchanged")} clearable data={valuesOf(field.name).map((one) => ({ value: one, label: valueLabel(field.name, one) }))} value={value === "" ? null : value} onChange={(next) => set(field.name, next ?? "")} />;
      case "partner":
        return (
          <Select
            key={field.name}
            {...common}
            placeholder={t("bulk.edit.unchanged")}
            clearable
            searchable
            data={[...(field.none ? [{ value: nobody, label: t("bulk.edit.nobody") }] : []), ...organisations(field.of)]}
            value={value === "" ? null : value}
            onChange={(next) => set(field.name, next ?? "")}
          />
        );
      case "partnerName":
        // A partner may choose one that it has not worked with yet, and so does not know.
        return <Autocomplete key={field.name} {...common} placeholder={t("bulk.edit.unchanged")} description={t("bulk.edit.byName")} data={[t("bulk.edit.nobody"), ...organisations(field.of).map((o) => o.label)]} value={value === nobody ? t("bulk.edit.nobody") : value} onChange={(next) => set(field.name, next === t("bulk.edit.nobody") ? nobody : next)} />;
      case "date":
        return <TextInput key={field.name} {...common} type="date" value={value} onChange={(event) => set(field.name, event.currentTarget.value)} />;
      case "list":
        return <TextInput key={field.name} {...common} placeholder={t("bulk.edit.list")} value={value} onChange={(event) => set(field.name, event.currentTarget.value)} />;
      case "text":
        return <TextInput key={field.name} {...common} placeholder={t("bulk.edit.unchanged")} value={value} onChange={(event) => set(field.name, event.currentTarget.value)} />;
    }
  };

  return (
    <form
      className={form.form}
      onSubmit={(event) => {
        event.preventDefault();
        start.mutate({ ...target, ...body }, { onSuccess: (job) => onStarted({ job, undo: undefined }) });
      }}
    >
      <p className={form.note}>{t("bulk.edit.about")}</p>
      <div className={fields.length > 2 ? styles.fields : form.form}>{fields.map((field, i) => input(field, i === 0))}</div>
      <Footer button={t("bulk.edit.button", { count: Object.keys(body).length })} error={start.error} pending={start.isPending} disabled={Object.keys(body).length === 0} onClose={onClose} />
    </form>
  );
}
