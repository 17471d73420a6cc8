import { Checkbox, Select, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { faultOf, sentence } from "@/shared/api/problem";
import type { Session } from "@/shared/api/session";
import { roleLabel } from "@/shared/lib/format";
import form from "@/shared/ui/Form.module.css";
import { organisationsQuery } from "./api/getOrganisations";
import { t } from "./messages/t";
import { type Entry, isPartner, type Role, roles } from "./rights";

interface Props {
  session: Session;
  entry: Entry;
  /** Whether it is one's own account, whose rights are somebody else's to change. */
  own: boolean;
  error: unknown;
  onChange: (entry: Entry) => void;
}

/** The fields of EntryFields that a problem may be about. */
export const entryFields = ["name", "email", "role", "organisation", "administrator"];

/** Who somebody is and what they may do. An administrator keeps the accounts of one organisation and role, so those are not asked for. */
export function EntryFields({ session, entry, own, error, onChange }: Props) {
  const operator = session.role === "operator";
  const organisations = useQuery({ ...organisationsQuery, enabled: operator && !own });
  const fitting = (organisations.data?.organisations ?? []).filter((o) => isPartner(entry.role) && o.kinds.includes(entry.role));
  const changeRole = (role: Role) => {
    const known = organisations.data?.organisations.find((o) => o.id === entry.organisation);
    const stays = isPartner(role) && known?.kinds.includes(role) === true;
    onChange({ ...entry, role, organisation: stays ? entry.organisation : null });
  };
  return (
    <>
      <TextInput label={t("list.name")} data-autofocus maxLength={200} autoComplete="off" value={entry.name} error={faultOf(error, "name")} onChange={(event) => onChange({ ...entry, name: event.currentTarget.value })} />
      <TextInput
        label={t("list.email")}
        description={t("entry.emailAbout")}
        type="email"
        maxLength={254}
        autoComplete="off"
        value={entry.email}
        error={faultOf(error, "email")}
        onChange={(event) => onChange({ ...entry, email: event.currentTarget.value })}
      />
      {own ? (
        <p className={form.note}>{t("entry.own")}</p>
      ) : (
        <>
          {operator && (
            <Select
              label={t("list.role")}
              allowDeselect={false}
              data={roles.map((role) => ({ value: role, label: roleLabel(role) }))}
              value={entry.role}
              error={faultOf(error, "role")}
              onChange={(value) => value !== null && changeRole(value as Role)}
            />
          )}
          {operator && isPartner(entry.role) && (
            <Select
              label={t("list.organisation")}
              searchable
              allowDeselect={false}
              placeholder={t(organisations.isPending ? "entry.loading" : "entry.choose")}
              nothingFoundMessage={t("entry.noOrganisation")}
              data={fitting.map((o) => ({ value: o.id, label: o.name }))}
              value={entry.organisation}
              error={faultOf(error, "organisation") ?? (organisations.isError ? sentence(organisations.error) : undefined)}
              onChange={(organisation) => onChange({ ...entry, organisation })}
            />
          )}
          {isPartner(entry.role) && (
            <Checkbox
              label={t("list.administrator")}
              description={t("entry.administratorAbout")}
              checked={entry.administrator}
              error={faultOf(error, "administrator")}
              onChange={(event) => onChange({ ...entry, administrator: event.currentTarget.checked })}
            />
          )}
        </>
      )}
    </>
  );
}
