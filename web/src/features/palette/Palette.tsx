import { useDebouncedValue } from "@mantine/hooks";
import { type Icon, IconFileDescription, IconSearch, IconTimeline } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Command } from "cmdk";
import { useState } from "react";
import { useLocation } from "wouter";
import type { Schemas } from "@/shared/api/client";
import { valueLabel } from "@/shared/lib/labels";
import { Dialog } from "@/shared/ui/Dialog";
import { foundQuery } from "./findRequests";
import { t } from "./messages/t";
import styles from "./Palette.module.css";

/** Something to choose by its name. */
export interface Choice {
  name: string;
  icon: Icon;
  keywords?: string[]; // other words for it
  quiet?: boolean; // shown to who types of it only
  choose: () => void;
}

interface Props {
  choices: Record<"pages" | "templates" | "actions", Choice[]>;
  onClose: () => void;
}

const pause = 150; // ms without a key before requests are looked for

/** Everything there is, by a few letters of its name. */
export function Palette({ choices, onClose }: Props) {
  const [, navigate] = useLocation();
  const [text, setText] = useState("");
  const [typed] = useDebouncedValue(text.trim(), pause);
  const found = useQuery(foundQuery(typed));
  const wanted = text.trim();
  const choose = (what: () => void) => () => {
    onClose();
    what();
  };
  return (
    <Dialog title={t("title")} size={640} onClose={onClose}>
      <Command label={t("title")} loop filter={(_, search, names) => (names?.some((name) => name.toLowerCase().includes(search.trim().toLowerCase())) ? 1 : 0)} className={styles.palette}>
        <Command.Input className={styles.input} placeholder={t("placeholder")} value={text} onValueChange={setText} autoFocus data-autofocus />
        <Command.List className={styles.list} label={t("title")}>
          {found.isFetching && <Command.Loading className={styles.note}>{t("looking")}</Command.Loading>}
          {/* It counts only what is filtered, not what was found. */}
          {!found.isFetching && (found.data ?? []).length === 0 && <Command.Empty className={styles.note}>{t("nothing")}</Command.Empty>}
          {(["pages", "templates", "actions"] as const).map(
            (kind) =>
              choices[kind].length > 0 && (
                <Command.Group key={kind} heading={t(kind)} className={styles.group}>
                  {choices[kind]
                    .filter((one) => wanted !== "" || one.quiet !== true)
                    .map((one) => (
                      <Line key={one.name} id={`${kind} ${one.name}`} name={one.name} icon={one.icon} keywords={one.keywords} onChoose={choose(one.choose)} />
                    ))}
                </Command.Group>
              ),
          )}
          {wanted.length > 1 && (
            <Command.Group heading={t("requests")} className={styles.group} forceMount>
              {/* First: it stays where it is when what was found comes. */}
              <Line id="title search" name={t("searchFor", { text: wanted })} icon={IconSearch} always onChoose={choose(() => navigate("/requests?" + new URLSearchParams({ title: wanted }).toString()))} />
              {found.data?.map((row) => (
                <Line
                  key={row.request_id}
                  id={`request ${row.request_id}`}
                  name={row.title ?? row.request_id}
                  about={[row.source_type, row.language].flatMap((one) => (one === undefined || one === null ? [] : [valueLabel("", one)])).join(" · ")}
                  icon={IconFileDescription}
                  always
                  onChoose={choose(() => navigate("/requests/" + encodeURIComponent(row.request_id)))}
                />
              ))}
              {packagesOf(found.data ?? []).map(({ id, title }) => (
                <Line key={id} id={`package ${id}`} name={t("timelineOf", { id })} about={title} icon={IconTimeline} always onChoose={choose(() => navigate("/packages/" + encodeURIComponent(id)))} />
              ))}
            </Command.Group>
          )}
        </Command.List>
      </Command>
    </Dialog>
  );
}

/** The packages of what was found, each once, and of a few only. */
function packagesOf(rows: Schemas["Row"][]): { id: string; title: string }[] {
  const titles = new Map(rows.flatMap((row) => (row.package_id === undefined ? [] : [[row.package_id, row.title ?? ""] as const])));
  return [...titles].slice(0, 3).map(([id, title]) => ({ id, title }));
}

interface LineProps {
  id: string;
  name: string;
  about?: string;
  icon: Icon;
  keywords?: string[] | undefined;
  always?: boolean; // whatever is typed: it was found by it
  onChoose: () => void;
}

function Line({ id, name, about, icon: Icon, keywords, always = false, onChoose }: LineProps) {
  return (
    <Command.Item value={id} keywords={[name, ...(keywords ?? [])]} forceMount={always} onSelect={onChoose} className={styles.line}>
      <Icon size={16} aria-hidden />
      <span className={styles.name}>{name}</span>
      {about !== undefined && <span className={styles.about}>{about}</span>}
    </Command.Item>
  );
}
