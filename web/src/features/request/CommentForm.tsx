import { Button, Combobox, Textarea, useCombobox } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useLayoutEffect, useRef, useState } from "react";
import { sentence } from "@/shared/api/problem";
import { roleLabel } from "@/shared/lib/format";
import { useAddComment } from "./api/addComment";
import { type Mentionable, mentionableQuery } from "./api/getMentionable";
import styles from "./CommentsTab.module.css";
import { completed, matching, sent, typedAt, written } from "./mentions";
import { t } from "./messages/t";

/** Where a comment is written; an @ offers whom it can mention. */
export function CommentForm({ id }: { id: string }) {
  const [text, setText] = useState("");
  const [caret, setCaret] = useState<number>();
  const [chosen, setChosen] = useState<ReadonlyMap<string, string>>(new Map());
  const field = useRef<HTMLTextAreaElement>(null);
  const goTo = useRef<number>(undefined);
  const options = useCombobox();
  const add = useAddComment(id);

  const typed = caret === undefined ? undefined : typedAt(text, caret);
  const mentionable = useQuery({ ...mentionableQuery(id), enabled: typed !== undefined });
  const all = mentionable.data?.mentionable ?? [];
  const offered = typed === undefined ? [] : matching(all, typed.search);
  const open = offered.length > 0;
  const ready = text.trim() !== "" && !add.isPending;

  useLayoutEffect(() => {
    if (open) options.openDropdown();
    else options.closeDropdown();
    if (open) options.selectFirstOption();
    // The store is another object each time.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [open, typed?.search]);
  useLayoutEffect(() => {
    if (goTo.current === undefined) return;
    field.current?.setSelectionRange(goTo.current, goTo.current);
    goTo.current = undefined;
  }, [text]);

  const send = () => {
    if (!ready) return;
    add.mutate(
      { text: sent(text.trim(), chosen) },
      {
        onSuccess: () => {
          setText("");
          setChosen(new Map());
        },
      },
    );
  };
  const choose = (mention: string) => {
    const one = all.find((other) => other.mention === mention);
    if (one === undefined || typed === undefined) return;
    const name = written(one, all);
    const next = completed(text, typed, name);
    setChosen(new Map([...chosen, [name, mention]]));
    setText(next.text);
    setCaret(undefined);
    goTo.current = next.caret;
  };
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Combobox store={options} onOptionSubmit={choose} position="bottom-start" withinPortal={false} width={320} shadow="md">
        {/* A textarea takes none of a combobox' attributes; the list says itself what it is. */}
        <Combobox.Target withAriaAttributes={false}>
          <Textarea
            ref={field}
            label={t("comment.add")}
            autoFocus
            description={t("comment.readers")}
            autosize
            minRows={3}
            maxRows={12}
            maxLength={10_000}
            value={text}
            error={add.isError ? sentence(add.error) : undefined}
            onChange={(event) => {
              setText(event.currentTarget.value);
              setCaret(event.currentTarget.selectionStart);
            }}
            onBlur={() => setCaret(undefined)}
            onKeyDown={(event) => {
              if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) send();
              if (event.key === "Escape" && open) {
                event.preventDefault();
                setCaret(undefined);
              }
            }}
          />
        </Combobox.Target>
        <Combobox.Dropdown hidden={!open}>
          <Combobox.Options aria-label={t("comment.mention")}>
            {offered.map((one) => (
              <Combobox.Option key={one.mention} value={one.mention} className={styles.offered}>
                <span>{nameOf(one)}</span>
                <span className={styles.about}>{aboutOf(one)}</span>
              </Combobox.Option>
            ))}
          </Combobox.Options>
        </Combobox.Dropdown>
      </Combobox>
      <span className="sr-only" role="status">
        {open ? t("comment.offered", { count: offered.length, name: nameOf(offered[0]) }) : ""}
      </span>
      <Button type="submit" disabled={!ready} loading={add.isPending} title={t("comment.sendTip")}>
        {t("comment.send")}
      </Button>
    </form>
  );
}

function nameOf(one: Mentionable | undefined): string {
  return one?.name ?? "";
}

function aboutOf(one: Mentionable): string {
  if (one.kind === "organisation") return t("comment.everybodyThere");
  if (one.kind === "role") return t("comment.everybodyOfRole");
  return one.organisation?.name ?? (one.role === null ? "" : roleLabel(one.role));
}
