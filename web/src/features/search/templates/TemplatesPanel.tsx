import { ActionIcon, Button, Checkbox, Loader, Menu, TextInput, Tooltip } from "@mantine/core";
import { IconDots, IconHome, IconUsers } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { sentence } from "@/shared/api/problem";
import type { Session } from "@/shared/api/session";
import { t } from "@/shared/i18n/t";
import { FormError } from "@/shared/ui/FormError";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import type { Catalogue } from "@/shared/api/catalogue";
import { groupingLabel, modifierText } from "@/shared/lib/labels";
import { type Template, templatesQuery, useChooseDefault, useDeleteTemplate, useReplaceTemplate, useSaveTemplate } from "@/shared/api/templates";
import { keptOf, type Loaded, loadedBy } from "./saved";
import styles from "./TemplatesPanel.module.css";

interface Props {
  catalogue: Catalogue | undefined;
  session: Session;
  now: Loaded;
  present: Template | undefined; // the one that loads what is there already
  onLoad: (loaded: Loaded) => void;
}

export function TemplatesPanel({ catalogue, session, now, present, onLoad }: Props) {
  const templates = useQuery(templatesQuery);
  const all = templates.data?.templates ?? [];
  const say = (loaded: Loaded) =>
    [loaded.modifiers.map((m) => modifierText(catalogue, m)).join(" · ") || t("template.everything"), loaded.groups.length === 0 ? "" : t("template.grouped", { by: loaded.groups.map((g) => groupingLabel(catalogue, g)).join(" › ") })].filter((s) => s !== "").join(" · ");
  return (
    <div className={styles.panel}>
      {present === undefined ? <SaveForm session={session} now={now} said={say(now)} /> : <p className={styles.isOne}>{t("template.isOne", { name: present.name })}</p>}
      <div className={styles.list}>
        {templates.isPending && <Loader size="sm" m="md" aria-label={t("common.loading")} />}
        {templates.isError && <ProblemNotice error={templates.error} onRetry={() => void templates.refetch()} />}
        {templates.isSuccess && all.length === 0 && <p className={styles.none}>{t("template.none")}</p>}
        <ul>
          {all.map((one) => (
            <Line key={one.id} template={one} present={one === present} said={say(loadedBy(one))} session={session} now={now} onLoad={() => onLoad(loadedBy(one))} />
          ))}
        </ul>
      </div>
    </div>
  );
}

function SaveForm({ session, now, said }: { session: Session; now: Loaded; said: string }) {
  const [name, setName] = useState("");
  const [shared, setShared] = useState(false);
  const save = useSaveTemplate();
  return (
    <form
      className={styles.save}
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate({ name: name.trim(), ...keptOf(now), shared });
      }}
    >
      <p className={styles.said}>{said}</p>
      <div className={styles.line}>
        <TextInput aria-label={t("template.name")} placeholder={t("template.name")} className={styles.name} maxLength={80} data-autofocus value={name} onChange={(event) => setName(event.currentTarget.value)} />
        <Button type="submit" loading={save.isPending} disabled={name.trim() === ""}>
          {t("template.save")}
        </Button>
      </div>
      {session.organisation !== null && <Checkbox size="xs" label={t("template.share", { name: session.organisation.name })} checked={shared} onChange={(event) => setShared(event.currentTarget.checked)} />}
      <FormError>{save.isError ? sentence(save.error) : undefined}</FormError>
    </form>
  );
}

interface LineProps {
  template: Template;
  present: boolean;
  said: string;
  session: Session;
  now: Loaded;
  onLoad: () => void;
}

function Line({ template, present, said, session, now, onLoad }: LineProps) {
  const [doing, setDoing] = useState<"rename" | "delete">();
  const [name, setName] = useState(template.name);
  const replace = useReplaceTemplate();
  const remove = useDeleteTemplate();
  const choose = useChooseDefault();
  const failure = replace.error ?? remove.error ?? choose.error;
  const whole = { id: template.id, name: template.name, query: template.query, groups: template.groups, shared: template.shared };
  const done = { onSuccess: () => setDoing(undefined) };
  return (
    <li className={styles.item} data-present={present || undefined}>
      {doing === "rename" ? (
        <form
          className={styles.line}
          onSubmit={(event) => {
            event.preventDefault();
            replace.mutate({ ...whole, name: name.trim() }, done);
          }}
        >
          <TextInput aria-label={t("template.name")} className={styles.name} size="xs" maxLength={80} autoFocus value={name} onChange={(event) => setName(event.currentTarget.value)} onKeyDown={(event) => event.key === "Escape" && (event.stopPropagation(), setDoing(undefined))} />
          <Button type="submit" size="xs" loading={replace.isPending} disabled={name.trim() === ""}>
            {t("template.rename")}
          </Button>
        </form>
      ) : (
        <div className={styles.entry}>
          <button type="button" className={styles.load} disabled={!template.valid} title={template.valid ? said : (template.problem ?? "")} onClick={onLoad}>
            <span className={styles.title}>{template.name}</span>
            {template.shared && (
              <Tooltip label={template.mine ? t("template.sharedByMe") : t("template.sharedWithMe")}>
                <IconUsers size={14} className={styles.sign} aria-label={template.mine ? t("template.sharedByMe") : t("template.sharedWithMe")} />
              </Tooltip>
            )}
            {template.default && (
              <Tooltip label={t("template.isDefault")}>
                <IconHome size={14} className={styles.sign} aria-label={t("template.isDefault")} />
              </Tooltip>
            )}
            <span className={styles.query}>{template.valid ? said : template.problem}</span>
          </button>
          <Menu position="bottom-end" withinPortal={false}>
            <Menu.Target>
              <Tooltip label={t("template.more", { name: template.name })}>
                <ActionIcon size={24} variant="subtle" color="gray" aria-label={t("template.more", { name: template.name })}>
                  <IconDots size={16} />
                </ActionIcon>
              </Tooltip>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item onClick={() => choose.mutate({ id: template.default ? null : template.id })}>{template.default ? t("template.noDefault") : t("template.makeDefault")}</Menu.Item>
              {template.mine && (
                <>
                  <Menu.Item onClick={() => setDoing("rename")}>{t("template.rename")}</Menu.Item>
                  <Menu.Item disabled={present} onClick={() => replace.mutate({ ...whole, ...keptOf(now) })}>
                    {t("template.overwrite")}
                  </Menu.Item>
                  {session.organisation !== null && <Menu.Item onClick={() => replace.mutate({ ...whole, shared: !template.shared })}>{template.shared ? t("template.unshare") : t("template.share", { name: session.organisation.name })}</Menu.Item>}
                  <Menu.Item onClick={() => setDoing("delete")}>{t("template.delete")}</Menu.Item>
                </>
              )}
            </Menu.Dropdown>
          </Menu>
        </div>
      )}
      {doing === "delete" && (
        <div className={styles.ask} role="alert">
          <span>{t("template.reallyDelete")}</span>
          <Button size="compact-xs" variant="default" autoFocus onClick={() => setDoing(undefined)}>
            {t("common.cancel")}
          </Button>
          <Button size="compact-xs" loading={remove.isPending} onClick={() => remove.mutate({ id: template.id })}>
            {t("template.delete")}
          </Button>
        </div>
      )}
      {failure !== null && (
        <p role="alert" className={styles.error}>
          {sentence(failure)}
        </p>
      )}
    </li>
  );
}
