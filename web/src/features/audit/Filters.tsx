import { Button, MultiSelect, Select, TextInput } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { named } from "@/shared/i18n/t";
import { valueName } from "@/shared/i18n/values";
import { kindName, kinds } from "@/shared/kinds/kinds";
import { organisationsQuery } from "./api/getOrganisations";
import { peopleQuery } from "./api/getPeople";
import styles from "./Audit.module.css";
import { type AuditFilter, everything, formatFilter } from "./filter";
import { t } from "./messages/t";

interface Props {
  filter: AuditFilter;
  onFilter: (filter: AuditFilter) => void;
}

/** On which requests, what, by whom and when. What is chosen counts at once, what is typed with Enter or when it is left. */
export function Filters({ filter, onFilter }: Props) {
  const people = useQuery(peopleQuery);
  const organisations = useQuery(organisationsQuery);
  const set = (part: Partial<AuditFilter>) => onFilter({ ...filter, ...part });
  const names = [...new Set((organisations.data?.organisations ?? []).map((o) => o.name))].sort((a, b) => a.localeCompare(b));
  // What the URL names stays to be seen, also if it is in no list.
  const withPresent = (all: string[], present: string) => (present === "" || all.includes(present) ? all : [present, ...all]);
  const accounts = (people.data?.accounts ?? []).map((a) => ({ value: a.id, label: a.organisation === null ? a.name : `${a.name} (${a.organisation.name})` }));
  if (filter.actor !== "" && !accounts.some((a) => a.value === filter.actor)) accounts.unshift({ value: filter.actor, label: filter.actor });
  return (
    <div role="search" aria-label={t("filters")}>
      <div className={styles.filters}>
        <Typed label={t("filter.title")} placeholder={t("filter.titleExample")} value={filter.title} onValue={(title) => set({ title })} />
        <Typed label={t("filter.request")} value={filter.request_id} onValue={(request_id) => set({ request_id })} />
        <Select
          size="xs"
          label={t("filter.partner")}
          placeholder={t("filter.anyPartner")}
          searchable
          clearable
          clearButtonProps={{ "aria-label": t("filter.anyPartner") }}
          nothingFoundMessage={t("filter.noOrganisation")}
          data={withPresent(names, filter.partner)}
          value={filter.partner === "" ? null : filter.partner}
          onChange={(partner) => set({ partner: partner ?? "" })}
        />
        <MultiSelect
          size="xs"
          label={t("filter.kinds")}
          placeholder={filter.kind.length === 0 ? t("filter.allKinds") : ""}
          searchable
          clearable
          clearButtonProps={{ "aria-label": t("filter.allKinds") }}
          data={kinds.map((kind) => ({ value: kind as string, label: kindName(kind) }))}
          value={filter.kind}
          onChange={(kind) => set({ kind })}
        />
        <Select
          size="xs"
          label={t("filter.actor")}
          placeholder={t("filter.everybody")}
          searchable
          clearable
          clearButtonProps={{ "aria-label": t("filter.everybody") }}
          nothingFoundMessage={t("filter.nobody")}
          data={accounts}
          value={filter.actor === "" ? null : filter.actor}
          onChange={(actor) => set({ actor: actor ?? "" })}
        />
        <Select
          size="xs"
          label={t("filter.organisation")}
          placeholder={t("filter.anyOrganisation")}
          searchable
          clearable
          clearButtonProps={{ "aria-label": t("filter.anyOrganisation") }}
          nothingFoundMessage={t("filter.noOrganisation")}
          data={withPresent(names, filter.organisation)}
          value={filter.organisation === "" ? null : filter.organisation}
          onChange={(organisation) => set({ organisation: organisation ?? "" })}
        />
        <Typed type="date" label={t("filter.from")} value={filter.from} onValue={(from) => set({ from })} />
        <Typed type="date" label={t("filter.until")} value={filter.until} onValue={(until) => set({ until })} />
      </div>
      {formatFilter(filter) !== "" && (
        <div className={styles.others}>
          {filter.others.map(([name, value], i) => {
            const what = told(name, value);
            return (
              <Button
                key={`${name}=${value}`}
                size="compact-xs"
                variant="default"
                rightSection={<IconX size={12} aria-hidden />}
                aria-label={t("filter.drop", { what })}
                title={t("filter.drop", { what })}
                onClick={() => set({ others: filter.others.filter((_, j) => j !== i) })}
              >
                {what}
              </Button>
            );
          })}
          <Button size="compact-xs" variant="subtle" onClick={() => onFilter(everything)}>
            {t("filter.clear")}
          </Button>
        </div>
      )}
    </div>
  );
}

/** due_date is Due date. */
function modifierLabel(name: string): string {
  const text = name.replaceAll("_", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A modifier in words: Language is not Thai. */
function told(name: string, value: string): string {
  const excluded = name.startsWith("-");
  const modifier = excluded ? name.slice(1) : name;
  return t(excluded ? "filter.isNot" : "filter.is", { name: named("modifier", modifier, modifierLabel(modifier)), value: value === "" ? t("value.none") : valueName(value) });
}

function Typed({ label, value, type, placeholder, onValue }: { label: string; value: string; type?: "date"; placeholder?: string; onValue: (value: string) => void }) {
  const [text, setText] = useState(value);
  const commit = () => text.trim() !== value && onValue(text.trim());
  return (
    <TextInput
      size="xs"
      type={type ?? "text"}
      label={label}
      placeholder={placeholder ?? ""}
      maxLength={200}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={commit}
      onKeyDown={(event) => event.key === "Enter" && commit()}
    />
  );
}
