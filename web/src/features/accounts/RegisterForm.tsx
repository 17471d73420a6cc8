import { Button, Checkbox, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import { faultBeside, faultOf } from "@/shared/api/problem";
import form from "@/shared/ui/Form.module.css";
import { FormError } from "@/shared/ui/FormError";
import type { Organisation } from "./api/getOrganisations";
import { useRegisterOrganisation } from "./api/registerOrganisation";
import { t } from "./messages/t";

export function RegisterForm({ onDone }: { onDone: () => void }) {
  const [name, setName] = useState("");
  const [kinds, setKinds] = useState<string[]>([]);
  const register = useRegisterOrganisation();
  const ready = name.trim() !== "" && kinds.length > 0;
  return (
    <form
      noValidate
      className={form.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) register.mutate({ name: name.trim(), kinds: kinds as Organisation["kinds"] }, { onSuccess: onDone });
      }}
    >
      <TextInput label={t("list.name")} description={t("register.nameAbout")} data-autofocus maxLength={200} value={name} error={faultOf(register.error, "name")} onChange={(event) => setName(event.currentTarget.value)} />
      <Checkbox.Group label={t("register.what")} value={kinds} onChange={setKinds} error={faultOf(register.error, "kinds")}>
        <Stack gap={8} mt={4}>
          <Checkbox value="content_partner" label={t("register.contentPartner")} />
          <Checkbox value="fulfillment_partner" label={t("register.fulfillmentPartner")} />
        </Stack>
      </Checkbox.Group>
      <FormError>{faultBeside(register.error, ["name", "kinds"])}</FormError>
      <div className={form.buttons}>
        <Button variant="default" onClick={onDone}>
          {t("common.cancel")}
        </Button>
        <Button type="submit" disabled={!ready} loading={register.isPending}>
          {t("register.button")}
        </Button>
      </div>
    </form>
  );
}
