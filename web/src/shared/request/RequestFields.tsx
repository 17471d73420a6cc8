import { Autocomplete, Select, TagsInput, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { catalogueQuery } from "@/shared/api/catalogue";
import { partnersQuery } from "@/shared/api/partners";
import { named } from "@/shared/i18n/t";
import { valueLabel } from "@/shared/lib/labels";
import { knownValuesQuery } from "./knownValues";
import { t } from "./messages/t";
import styles from "./RequestFields.module.css";
import type { Name, Values } from "./values";

const materialStatuses = ["Not Received", "Received", "Accepted", "Rejected"];

const nobody = " "; // no organisation has this id

const separators = [",", "|", ";", "、"];

// What was typed in one go and left is taken as it is.
function split(tags: string[]): string[] {
  return [...new Set(tags.flatMap((tag) => tag.split(/[,|;、]/)).map((one) => one.trim()).filter((one) => one !== ""))];
}

interface Props {
  names: readonly Name[];
  values: Values;
  missing: readonly Name[]; // what has to be there and is not
  fault: (name: Name) => string | undefined; // what the server says of a field
  byName?: boolean; // partners that somebody may not know all of
  first?: Name; // where the typing begins
  onChange: (values: Values) => void;
}

/** Fields of a request, each offering what it accepts. */
export function RequestFields({ names, values, missing, fault, byName = false, first, onChange }: Props) {
  const catalogue = useQuery(catalogueQuery);
  const partners = useQuery(partnersQuery);
  const languages = useQuery({ ...knownValuesQuery("language"), enabled: names.includes("language") });
  const countries = useQuery({ ...knownValuesQuery("country"), enabled: names.includes("countries") });
  const set = (name: Name, value: string | string[]) => onChange({ ...values, [name]: value });
  const choices = (name: Name) => (name === "material_status" ? materialStatuses : (catalogue.data?.modifiers.find((m) => m.name === name)?.values ?? [])).map((one) => ({ value: one, label: valueLabel(name, one) }));
  const organisations = (kind: "content_partner" | "fulfillment_partner") => (partners.data?.organisations ?? []).filter((o) => o.kinds.includes(kind)).map((o) => ({ value: o.id, label: o.name }));

  const field = (name: Name) => {
    const common = {
      label: named("column", name, catalogue.data?.columns.find((c) => c.name === name)?.label ?? name),
      error: missing.includes(name) ? t("missing") : fault(name),
      "data-autofocus": name === first || undefined,
      autoFocus: name === first,
    };
    switch (name) {
      case "movie_type":
      case "is_original":
      case "source_type":
      case "service_type":
      case "material_status":
        return <Select {...common} searchable allowDeselect={false} data={choices(name)} value={values[name] === "" ? null : values[name]} onChange={(next) => set(name, next ?? "")} />;
      case "content_partner":
        return <Select {...common} searchable allowDeselect={false} data={organisations("content_partner")} value={values[name] === "" ? null : values[name]} onChange={(next) => set(name, next ?? "")} />;
      case "fulfillment_partner":
      case "sub_assignee":
        return byName ? (
          <Autocomplete {...common} description={t("byName")} data={organisations("fulfillment_partner").map((o) => o.label)} value={values[name]} onChange={(next) => set(name, next)} />
        ) : (
          <Select {...common} searchable allowDeselect={false} data={[{ value: nobody, label: t("nobody") }, ...organisations("fulfillment_partner")]} value={values[name] === "" ? nobody : values[name]} onChange={(next) => set(name, next === null || next === nobody ? "" : next)} />
        );
      case "language":
        return <Autocomplete {...common} limit={100} data={languages.data ?? []} value={values[name]} onChange={(next) => set(name, next)} />;
      case "countries":
        return <TagsInput {...common} limit={100} placeholder={values.countries.length === 0 ? t("countries") : ""} splitChars={separators} acceptValueOnBlur data={countries.data ?? []} value={values.countries} onChange={(next) => set(name, split(next))} />;
      case "due_date":
      case "estimated_delivery_date":
        return <TextInput {...common} type="date" max="9999-12-31" description={name === "estimated_delivery_date" ? t("dueDateWhenEmpty") : undefined} inputWrapperOrder={["label", "input", "description", "error"]} value={values[name]} onChange={(event) => set(name, event.currentTarget.value)} />;
      default:
        return <TextInput {...common} description={name === "request_id" ? t("numbered") : undefined} inputWrapperOrder={["label", "input", "description", "error"]} value={values[name]} onChange={(event) => set(name, event.currentTarget.value)} />;
    }
  };
  return (
    <div className={styles.fields}>
      {names.map((name) => (
        <div key={name} className={name === "title" || name === "countries" ? styles.wide : undefined}>
          {field(name)}
        </div>
      ))}
    </div>
  );
}
