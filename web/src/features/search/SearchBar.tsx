import { ActionIcon, Combobox, Loader, Tooltip, useCombobox } from "@mantine/core";
import { useDebouncedValue, useHotkeys } from "@mantine/hooks";
import { IconCheck, IconLock, IconSearch, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { memo, useEffect, useRef, useState } from "react";
import { sentence } from "@/shared/api/problem";
import type { Session } from "@/shared/api/session";
import { named, t } from "@/shared/i18n/t";
import { dayIn, formatFullDate, formatNumber } from "@/shared/lib/format";
import type { Catalogue } from "@/shared/api/catalogue";
import { modifierValuesQuery } from "./api/getModifierValues";
import { anyOf, modifierLabel, valueLabel } from "@/shared/lib/labels";
import { keys } from "@/shared/lib/keys";
import { describeDate, explainDate } from "./dates";
import styles from "./SearchBar.module.css";
import { withoutValue, withValue, type Modifier } from "./searchState";
import { readTyped, suggest, type Suggestion } from "./suggestions";

interface Props {
  catalogue: Catalogue | undefined;
  scope: Session["scope"];
  zone: Session["zone"];
  modifiers: Modifier[];
  now: string | undefined;
  asOf: string | undefined;
  changed: boolean; // not what was searched for last
  searching: boolean;
  autoFocus: boolean;
  tools: React.ReactNode; // beside the magnifying glass
  onChange: (modifiers: Modifier[]) => void;
  onSearch: (modifiers: Modifier[]) => void;
}

/** Of which modifier a value is being chosen. */
interface Choosing {
  name: string;
  exclude: boolean;
}

export const SearchBar = memo(function SearchBar({ catalogue, scope, zone, modifiers, now, asOf, changed, searching, autoFocus, tools, onChange, onSearch }: Props) {
  const [text, setText] = useState("");
  const [choosing, setChoosing] = useState<Choosing>();
  const input = useRef<HTMLInputElement>(null);
  const combobox = useCombobox();
  useHotkeys([
    [
      keys.search,
      () => {
        input.current?.focus();
        combobox.openDropdown();
      },
    ],
  ]);

  const today = dayIn(zone, now ?? asOf);
  const chosen = catalogue?.modifiers.find((m) => m.name === choosing?.name);
  const [q] = useDebouncedValue(text.trim(), 120);
  const others = modifiers.filter((m) => m.name !== choosing?.name);
  const values = useQuery({
    ...modifierValuesQuery(choosing?.name ?? "", q, others, now, asOf),
    enabled: chosen !== undefined && chosen.kind !== "date" && combobox.dropdownOpened,
  });
  const settled = q === text.trim() && !values.isPlaceholderData;
  const waiting = values.isFetching || (chosen !== undefined && chosen.kind !== "date" && q !== text.trim());
  const present = choosing && modifiers.find((m) => m.name === choosing.name && m.exclude === choosing.exclude);
  const suggestions = suggest({
    catalogue,
    scope: scope?.modifier,
    modifiers,
    choosing,
    chosen,
    text: text.trim(),
    values: values.data?.values,
    settled,
    today,
  });

  // What Enter would take shows as marked, as soon as something is typed.
  const [marked, setMarked] = useState<string | null>(null); // id of the option's element
  const typing = text.trim() !== "";
  const listed = suggestions.map((s) => s.id).join("\n");
  const { dropdownOpened, selectFirstOption, resetSelectedOption } = combobox;
  useEffect(() => {
    if (typing && listed !== "") {
      setMarked(selectFirstOption());
    } else {
      resetSelectedOption();
      setMarked(null);
    }
  }, [typing, listed, dropdownOpened, selectFirstOption, resetSelectedOption]);

  function choose(next: Choosing | undefined) {
    setChoosing(next);
    setText("");
    combobox.resetSelectedOption();
    combobox.openDropdown();
    input.current?.focus();
  }

  function type(value: string) {
    combobox.openDropdown();
    const typed = choosing === undefined ? readTyped(value, catalogue) : undefined;
    if (typed === undefined) {
      setText(value);
    } else {
      setChoosing({ name: typed.name, exclude: typed.exclude });
      setText(typed.rest);
    }
  }

  function accept(s: Suggestion) {
    if (s.kind === "modifier") {
      choose({ name: s.name, exclude: s.exclude });
      return;
    }
    const held = modifiers.some((m) => m.name === s.name && m.exclude === s.exclude && m.values.includes(s.value));
    onChange(held ? withoutValue(modifiers, s.name, s.exclude, s.value) : withValue(modifiers, s.name, s.exclude, s.value));
    setText("");
    combobox.resetSelectedOption();
    if (choosing === undefined || chosen?.kind === "date") finish();
  }

  function finish() {
    setChoosing(undefined);
    setText("");
    combobox.closeDropdown();
  }

  // Words that were typed and not taken yet belong to the search all the same.
  function search() {
    const typed = text.trim() === "" ? undefined : suggestions.find((s) => s.kind === "value");
    finish();
    onSearch(typed?.kind === "value" ? withValue(modifiers, typed.name, typed.exclude, typed.value) : modifiers);
  }

  function leave() {
    combobox.closeDropdown();
    if (text.trim() === "") setChoosing(undefined);
  }

  function onKeyDown(event: React.KeyboardEvent) {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!dropdownOpened) combobox.openDropdown();
      else setMarked(event.key === "ArrowDown" ? combobox.selectNextOption() : combobox.selectPreviousOption());
    } else if (event.key === "Enter") {
      // With an option marked, the list takes Enter; else it searches, unless
      // what is typed is no value yet.
      event.preventDefault();
      if (dropdownOpened && marked !== null) combobox.clickSelectedOption();
      else if (!typing) search();
    } else if (event.key === "Backspace" && text === "") {
      if (choosing !== undefined) setChoosing(undefined);
      else if (modifiers.length > 0) onChange(modifiers.slice(0, -1));
    } else if (event.key === "Escape") {
      if (choosing !== undefined) finish();
      else if (dropdownOpened) combobox.closeDropdown();
      else input.current?.blur();
    } else if (event.key === "/" && text === "") {
      // The way here, pressed by somebody who is here already.
      event.preventDefault();
      combobox.openDropdown();
    }
  }

  return (
    <div className={styles.bar} role="search" data-changed={changed || undefined}>
      <Combobox
        store={combobox}
        withinPortal={false}
        position="bottom-start"
        offset={6}
        middlewares={{ flip: false, shift: false }}
        width="min(640px, calc(100vw - 48px))"
        onOptionSubmit={(id) => {
          const s = suggestions.find((one) => one.id === id);
          if (s !== undefined) accept(s);
        }}
      >
        <Combobox.DropdownTarget>
          <div className={styles.field} onClick={(event) => event.target === event.currentTarget && input.current?.focus()}>
            {scope !== null && (
              <Tooltip label={t("search.scope")}>
                <span className={styles.scope}>
                  <IconLock size={12} aria-hidden />
                  {named("modifier", scope.modifier, scope.label)}: {scope.value}
                </span>
              </Tooltip>
            )}
            {modifiers.map((m) => (
              <Pill
                key={(m.exclude ? "-" : "") + m.name}
                modifier={m}
                label={modifierLabel(catalogue, m.name)}
                onOpen={() => choose({ name: m.name, exclude: m.exclude })}
                onRemove={() => {
                  onChange(modifiers.filter((one) => one !== m));
                  input.current?.focus();
                }}
              />
            ))}
            {choosing !== undefined && (
              <span className={styles.choosing}>
                {head(modifierLabel(catalogue, choosing.name), choosing.exclude)}:
              </span>
            )}
            {/* The keys and what assistive technology hears are ours: the list
                changes while it is open, and the marked option with it. */}
            <Combobox.EventsTarget withAriaAttributes={false} withKeyboardNavigation={false}>
              <input
                ref={input}
                role="combobox"
                aria-haspopup="listbox"
                aria-expanded={dropdownOpened && combobox.listId !== null}
                aria-controls={dropdownOpened ? (combobox.listId ?? undefined) : undefined}
                aria-activedescendant={dropdownOpened ? (marked ?? undefined) : undefined}
                className={styles.input}
                aria-label={choosing === undefined ? t("search.search") : t("search.valueOf", { name: modifierLabel(catalogue, choosing.name) })}
                placeholder={placeholder(modifiers, choosing, chosen?.samples)}
                value={text}
                autoFocus={autoFocus}
                autoComplete="off"
                spellCheck={false}
                onChange={(event) => type(event.currentTarget.value)}
                onClick={() => combobox.openDropdown()}
                onBlur={leave}
                onKeyDown={onKeyDown}
              />
            </Combobox.EventsTarget>
            {tools}
            <Tooltip label={changed ? t("search.goChanged") : t("search.go")}>
              <ActionIcon aria-label={t("search.search")} variant={changed ? "filled" : "subtle"} color={changed ? "blue" : "gray"} loading={searching} onMouseDown={(event) => event.preventDefault()} onClick={search}>
                <IconSearch size={16} />
              </ActionIcon>
            </Tooltip>
          </div>
        </Combobox.DropdownTarget>

        <Combobox.Dropdown className={styles.dropdown} hidden={catalogue === undefined}>
          {chosen !== undefined && (
            <Combobox.Header className={styles.help}>
              <span>{named("modifierHelp", chosen.name, chosen.help)}</span>
              {chosen.kind === "date" && (
                <span role="status" className={styles.meaning}>
                  {typing ? describeDate(explainDate(text, today), formatFullDate) : t("search.typeDate")}
                </span>
              )}
            </Combobox.Header>
          )}
          <Combobox.Options className={styles.options} aria-label={chosen === undefined ? t("search.modifiers") : t("search.valuesOf", { name: modifierLabel(catalogue, chosen.name) })}>
            {suggestions.map((s) => (
              <Combobox.Option key={s.id} value={s.id} className={styles.option} active={s.kind === "value" && present?.values.includes(s.value)}>
                {s.kind === "modifier" ? (
                  <>
                    <span className={styles.name}>{head(s.label, s.exclude)}</span>
                    <span className={styles.note} title={s.help}>
                      {s.help}
                    </span>
                  </>
                ) : (
                  <>
                    {choosing !== undefined && <span className={styles.check}>{present?.values.includes(s.value) && <IconCheck size={14} aria-label={t("search.chosen")} />}</span>}
                    <span className={styles.value}>{s.label ?? valueLabel(s.name, s.value)}</span>
                    {s.note !== undefined && <span className={styles.note}>{s.note}</span>}
                    {s.count !== undefined && <span className={styles.count}>{formatNumber(s.count)}</span>}
                  </>
                )}
              </Combobox.Option>
            ))}
            {suggestions.length === 0 && waiting && (
              <div className={styles.empty}>
                <Loader size={14} aria-label={t("common.loading")} />
              </div>
            )}
            {suggestions.length === 0 && !waiting && (
              <Combobox.Empty className={styles.empty}>{values.isError ? sentence(values.error) : t("search.nothing")}</Combobox.Empty>
            )}
          </Combobox.Options>
          <Combobox.Footer className={styles.keys}>
            <kbd>↑</kbd>
            <kbd>↓</kbd> {t("search.keys.choose")}
            <kbd>Enter</kbd> {text.trim() === "" ? t("search.keys.search") : t("search.keys.take")}
            {choosing === undefined ? (
              <>
                <kbd>-</kbd> {t("search.keys.exclude")}
              </>
            ) : (
              <>
                <kbd>Esc</kbd> {t("search.keys.done")}
              </>
            )}
          </Combobox.Footer>
        </Combobox.Dropdown>
      </Combobox>
    </div>
  );
});

/** A modifier's name before its values: Language, or Language is not. */
function head(label: string, exclude: boolean): string {
  return exclude ? t("modifier.isNot", { name: label }) : label;
}

function placeholder(modifiers: Modifier[], choosing: Choosing | undefined, samples: string[] | undefined): string {
  if (choosing !== undefined) return samples !== undefined && samples.length > 0 ? samples.slice(0, 3).join(", ") : "";
  return modifiers.length === 0 ? t("search.placeholder") : "";
}

interface PillProps {
  modifier: Modifier;
  label: string;
  onOpen: () => void;
  onRemove: () => void;
}

const valuesInPill = 3;

function Pill({ modifier, label, onOpen, onRemove }: PillProps) {
  const more = modifier.values.length - valuesInPill;
  const all = anyOf(modifier.name, modifier.values);
  const shown = anyOf(modifier.name, modifier.values.slice(0, valuesInPill));
  const text = more > 0 ? t("search.orMore", { values: shown, n: more }) : shown;
  const named = head(label, modifier.exclude);
  return (
    <span className={styles.pill} data-exclude={modifier.exclude || undefined}>
      {/* The input keeps the focus while a pill is pressed, so that its list stays. */}
      <button type="button" className={styles.pillText} title={`${named}: ${all}`} onMouseDown={(event) => event.preventDefault()} onClick={onOpen}>
        <span className={styles.pillLabel}>{named}:</span>{" "}
        {text}
      </button>
      <button type="button" className={styles.pillRemove} aria-label={t("search.remove", { what: `${named}: ${all}` })} title={t("search.removeTip")} onMouseDown={(event) => event.preventDefault()} onClick={onRemove}>
        <IconX size={12} aria-hidden />
      </button>
    </span>
  );
}
