import { Button, Radio, Stack, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useLocation } from "wouter";
import { faultBeside, faultOf } from "@/shared/api/problem";
import { valueName } from "@/shared/i18n/values";
import { say } from "@/shared/lib/notice";
import type { Values } from "@/shared/request/values";
import { FormError } from "@/shared/ui/FormError";
import { Section } from "@/shared/ui/Section";
import { replacedQuery } from "./api/getReplaced";
import { useUpgradeRequest } from "./api/upgradeRequest";
import { t } from "./messages/t";
import { OpeningForm } from "./OpeningForm";
import styles from "./OpenRequestPage.module.css";

/** Closes a request in favour of another one, which is opened with it or is there already. */
export function UpgradeForm({ id, before }: { id: string; before: Values }) {
  const [how, setHow] = useState("new");
  const [other, setOther] = useState("");
  const [, navigate] = useLocation();
  const upgrade = useUpgradeRequest(id);
  const done = {
    onSuccess: ({ request }: { request: { upgraded_to: string | null } }) => {
      const after = request.upgraded_to ?? other.trim();
      say(t("replaced", { before: id, after }));
      navigate("/requests/" + encodeURIComponent(after));
    },
  };
  const head = (
    <Section title={t("how")} about={t("howAbout", { id })}>
      <div className={styles.stack}>
        <Radio.Group aria-label={t("how")} value={how} onChange={setHow}>
          <Stack gap={8}>
            <Radio size="xs" value="new" label={t("howNew")} />
            <Radio size="xs" value="existing" label={t("howExisting")} />
          </Stack>
        </Radio.Group>
        {how === "existing" && <TextInput label={t("replacement")} description={<Found id={other.trim()} />} inputWrapperOrder={["label", "input", "description", "error"]} className={styles.half} maxLength={32} autoFocus value={other} error={faultOf(upgrade.error, "replaced_by")} onChange={(event) => {
            setOther(event.currentTarget.value);
            upgrade.reset(); // what was said is of another one
          }} />}
      </div>
    </Section>
  );
  if (how === "new") {
    return <OpeningForm before={before} numbered within="open." head={head} button={t("upgradeButton")} error={upgrade.error} pending={upgrade.isPending} onOpen={(open) => upgrade.mutate({ open }, done)} />;
  }
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        upgrade.mutate({ replaced_by: other.trim() }, done);
      }}
    >
      {head}
      <div className={styles.foot}>
        <FormError>{faultBeside(upgrade.error, ["replaced_by"])}</FormError>
        <Button type="submit" loading={upgrade.isPending} disabled={other.trim() === ""}>
          {t("replaceButton")}
        </Button>
      </div>
    </form>
  );
}

const typing = 250; // ms

/** Which request it is, as far as there is one. */
function Found({ id }: { id: string }) {
  const [whole] = useDebouncedValue(id, typing);
  const found = useQuery({ ...replacedQuery(whole), enabled: /^[\w.-]{1,32}$/.test(whole), retry: false }).data?.request;
  if (found === undefined || whole !== id) return t("replacementAbout");
  return [found.title, valueName(found.source_type), valueName(found.language), valueName(found.status)].filter((part) => part !== "").join(" · ");
}
