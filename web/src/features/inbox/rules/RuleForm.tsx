import { Button, Checkbox, NumberInput, Radio, Select, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { catalogueQuery } from "@/shared/api/catalogue";
import type { Schemas } from "@/shared/api/client";
import { ApiProblem, faultBeside, faultOf, sentence } from "@/shared/api/problem";
import type { Session } from "@/shared/api/session";
import { templatesQuery } from "@/shared/api/templates";
import { modifierText } from "@/shared/lib/labels";
import { lastSearch } from "@/shared/lib/lastSearch";
import { FormError } from "@/shared/ui/FormError";
import form from "@/shared/ui/Form.module.css";
import { type Rule, type RuleKind, useWriteRule } from "../api/rules";
import { notificationKind } from "../kinds";
import { t } from "../messages/t";
import { draftOf, modifiersIn, newDraft, queryOf, written } from "./draft";
import styles from "./RulesPage.module.css";

interface Props {
  session: Session;
  about: Pick<Schemas["NotificationRules"], "kinds" | "mail">;
  rule: Rule | undefined; // undefined makes one
  onClose: () => void;
  onDone: (name: string, secret: string | null) => void;
}

const zones = Intl.supportedValuesOf("timeZone");
const exampleUrl = "https://hooks.example.com/backlot";
const fields = ["name", "query", "hour", "zone", "webhook_url", "mail"];

export function RuleForm({ session, about, rule, onClose, onDone }: Props) {
  const [draft, setDraft] = useState(() => (rule === undefined ? newDraft("", session.zone) : draftOf(rule)));
  const change = (part: Partial<typeof draft>) => setDraft((before) => ({ ...before, ...part }));
  const write = useWriteRule();
  const ready = draft.name.trim() !== "" && draft.kinds.length > 0;
  // A kind that is refused is named by its place in the list.
  const kindsFault = write.error instanceof ApiProblem && write.error.problem.field?.startsWith("kinds") ? sentence(write.error) : undefined;
  return (
    <form
      noValidate
      className={form.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) write.mutate({ id: rule?.id, ...written(draft) }, { onSuccess: ({ webhook_secret }) => onDone(draft.name.trim(), webhook_secret) });
      }}
    >
      <TextInput label={t("form.name")} placeholder={t("form.nameExample")} data-autofocus maxLength={80} value={draft.name} error={faultOf(write.error, "name")} onChange={(event) => change({ name: event.currentTarget.value })} />
      <SearchChoice query={draft.query} error={faultOf(write.error, "query")} onChange={(query) => change({ query })} />
      <KindChoice kinds={about.kinds} chosen={draft.kinds} error={kindsFault} onChange={(kinds) => change({ kinds })} />
      <Checkbox label={t("form.own")} description={t("form.ownAbout")} checked={draft.own_actions} onChange={(event) => change({ own_actions: event.currentTarget.checked })} />
      <Radio.Group label={t("form.when")} value={draft.when} onChange={(when) => change({ when: when === "daily" ? "daily" : "at_once" })}>
        <div className={styles.choices}>
          <Radio value="at_once" label={t("form.atOnce")} />
          <Radio value="daily" label={t("form.daily")} />
        </div>
      </Radio.Group>
      {draft.when === "daily" && (
        <div className={styles.pair}>
          <NumberInput label={t("form.hour")} min={0} max={23} allowDecimal={false} clampBehavior="blur" value={draft.hour} error={faultOf(write.error, "hour")} onChange={(hour) => typeof hour === "number" && change({ hour })} />
          <Select label={t("form.zone")} searchable allowDeselect={false} data={zones.includes(draft.zone) ? zones : [draft.zone, ...zones]} value={draft.zone} error={faultOf(write.error, "zone")} onChange={(zone) => zone !== null && change({ zone })} />
        </div>
      )}
      <fieldset className={styles.fieldset}>
        <legend className={styles.legend}>{t("form.where")}</legend>
        <Checkbox label={t("form.inbox")} checked disabled readOnly />
        <Checkbox label={t("form.mail")} description={about.mail.available ? undefined : t("form.noMail", { reason: about.mail.reason ?? "" })} disabled={!about.mail.available && !draft.mail} checked={draft.mail} error={faultOf(write.error, "mail")} onChange={(event) => change({ mail: event.currentTarget.checked })} />
        <TextInput label={t("form.webhook")} description={t("form.webhookAbout")} placeholder={exampleUrl} type="url" maxLength={2000} value={draft.webhook_url} error={faultOf(write.error, "webhook_url")} onChange={(event) => change({ webhook_url: event.currentTarget.value })} />
      </fieldset>
      <FormError>{kindsFault === undefined ? faultBeside(write.error, fields) : undefined}</FormError>
      <div className={form.buttons}>
        <Button variant="default" onClick={onClose}>
          {t("common.cancel")}
        </Button>
        <Button type="submit" disabled={!ready} loading={write.isPending}>
          {t("form.save")}
        </Button>
      </div>
    </form>
  );
}

/** Of which requests: all, those of a template, or of the search that was made last. */
function SearchChoice({ query, error, onChange }: { query: string; error: string | undefined; onChange: (query: string) => void }) {
  const catalogue = useQuery(catalogueQuery).data;
  const templates = (useQuery(templatesQuery).data?.templates ?? []).filter((one) => one.valid && one.query !== "");
  const known = catalogue?.modifiers.map((m) => m.name) ?? [];
  const last = queryOf(modifiersIn(lastSearch().split("?")[1] ?? "", known));
  const [began] = useState(query);
  // Each search once, whichever way it was found.
  const offered = new Map<string, string>([["", t("form.everything")]]);
  for (const one of templates) if (!offered.has(one.query)) offered.set(one.query, t("form.template", { name: one.name }));
  if (last !== "" && !offered.has(last)) offered.set(last, t("form.lastSearch"));
  if (!offered.has(began)) offered.set(began, t("form.asItIs"));
  if (!offered.has(query)) offered.set(query, query);
  const said = modifiersIn(query, known).map((m) => modifierText(catalogue, m));
  return (
    <Select
      label={t("form.requests")}
      description={said.length === 0 ? t("form.requestsAbout") : said.join(" · ")}
      allowDeselect={false}
      // An option needs a value.
      data={[...offered].map(([value, label]) => ({ value: "?" + value, label }))}
      value={"?" + query}
      error={error}
      onChange={(value) => value !== null && onChange(value.slice(1))}
    />
  );
}

function KindChoice({ kinds, chosen, error, onChange }: { kinds: RuleKind[]; chosen: string[]; error: string | undefined; onChange: (kinds: string[]) => void }) {
  const part = (byTime: boolean) => (
    <div className={styles.kinds}>
      {kinds
        .filter((one) => one.by_time === byTime)
        .map((one) => (
          <Checkbox key={one.kind} value={one.kind} label={notificationKind(one.kind, one.label)} />
        ))}
    </div>
  );
  return (
    <Checkbox.Group label={t("form.kinds")} description={t("form.kindsAbout")} value={chosen} error={error} onChange={onChange}>
      {part(true)}
      <hr className={styles.rule} />
      {part(false)}
    </Checkbox.Group>
  );
}
