import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { faultBeside, faultOf } from "@/shared/api/problem";
import form from "@/shared/ui/Form.module.css";
import { FormError } from "@/shared/ui/FormError";
import type { Organisation } from "./api/getOrganisations";
import { useRenameOrganisation } from "./api/renameOrganisation";
import { t } from "./messages/t";

export function RenameForm({ organisation, onDone }: { organisation: Organisation; onDone: () => void }) {
  const [name, setName] = useState(organisation.name);
  const rename = useRenameOrganisation(organisation.id);
  const ready = name.trim() !== "" && name.trim() !== organisation.name;
  return (
    <form
      noValidate
      className={form.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) rename.mutate({ name: name.trim() }, { onSuccess: onDone });
      }}
    >
      <TextInput label={t("list.name")} description={t("rename.nameAbout")} data-autofocus maxLength={200} value={name} error={faultOf(rename.error, "name")} onChange={(event) => setName(event.currentTarget.value)} />
      <FormError>{faultBeside(rename.error, ["name"])}</FormError>
      <div className={form.buttons}>
        <Button variant="default" onClick={onDone}>
          {t("common.cancel")}
        </Button>
        <Button type="submit" disabled={!ready} loading={rename.isPending}>
          {t("rename.button")}
        </Button>
      </div>
    </form>
  );
}
