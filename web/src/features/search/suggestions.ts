import { named, t } from "@/shared/i18n/t";
import { formatDate } from "@/shared/lib/format";
import type { Catalogue, CatalogueModifier } from "@/shared/api/catalogue";
import { dateName, dateSuggestions, describeDate, explainDate } from "./dates";
import { modifierLabel } from "@/shared/lib/labels";
import type { Modifier } from "./searchState";

/** One line of the list below the search bar. */
export type Suggestion =
  | { kind: "modifier"; id: string; name: string; exclude: boolean; label: string; help: string }
  | { kind: "value"; id: string; name: string; exclude: boolean; value: string; label?: string; note?: string; count?: number };

interface Typed {
  name: string;
  exclude: boolean;
  rest: string;
}

/** Reads `language:kor` or `-due date: 2026`: a modifier that was typed out. */
export function readTyped(text: string, catalogue: Catalogue | undefined): Typed | undefined {
  const colon = text.indexOf(":");
  if (colon < 0 || catalogue === undefined) return undefined;
  const exclude = text.startsWith("-");
  const name = fold(text.slice(exclude ? 1 : 0, colon));
  const found = catalogue.modifiers.find((m) => namesOf(m).includes(name));
  return found && { name: found.name, exclude, rest: text.slice(colon + 1).trimStart() };
}

interface Asked {
  catalogue: Catalogue | undefined;
  scope: string | undefined; // the modifier that the account is restricted by: there is nothing to choose
  modifiers: Modifier[];
  choosing: { name: string; exclude: boolean } | undefined;
  chosen: CatalogueModifier | undefined;
  text: string; // trimmed
  values: { value: string | null; count: number }[] | undefined;
  settled: boolean; // the values are those for the text, not for what was typed before
  today: string;
}

/** What to offer for what is typed. */
export function suggest(asked: Asked): Suggestion[] {
  const { choosing, chosen } = asked;
  if (choosing === undefined || chosen === undefined) return modifiers(asked);
  if (chosen.kind === "date") return dates(asked, choosing);
  return values(asked, choosing, chosen);
}

function modifiers({ catalogue, scope, text }: Asked): Suggestion[] {
  if (catalogue === undefined) return [];
  const exclude = text.startsWith("-");
  const typed = fold(exclude ? text.slice(1) : text);
  const out: Suggestion[] = catalogue.modifiers
    .filter((m) => m.name !== scope && (typed === "" || namesOf(m).some((name) => name.includes(typed))))
    .map((m) => ({ kind: "modifier", id: (exclude ? "-" : "") + m.name, name: m.name, exclude, label: modifierLabel(catalogue, m.name), help: named("modifierHelp", m.name, m.help) }));
  if (typed === "") return out;
  // Words that are no modifier's name are most likely a title's, or an id.
  const words = exclude ? text.slice(1).trim() : text;
  out.push({ kind: "value", id: "=title", name: "title", exclude, value: words, label: t("search.titleContains", { text: words }) });
  if (/^[\w.-]*\d[\w.-]*$/.test(words) && words.length <= 32) {
    out.push({ kind: "value", id: "=request_id", name: "request_id", exclude, value: words, label: t("search.idIs", { text: words }) });
  }
  return out;
}

function dates({ text, today }: Asked, { name, exclude }: Typed | { name: string; exclude: boolean }): Suggestion[] {
  const explained = (value: string): Suggestion => ({ kind: "value", id: "=" + value, name, exclude, value, label: dateName(value), note: describeDate(explainDate(value, today), (d) => formatDate(d)) });
  const out: Suggestion[] = [];
  const typed = text.toLowerCase().replace(/\s+/g, " ");
  if (explainDate(typed, today).known) out.push(explained(typed));
  for (const s of dateSuggestions) if (s !== typed && (typed === "" || s.includes(typed))) out.push(explained(s));
  return out;
}

function values({ text, values: found, settled, modifiers: present }: Asked, { name, exclude }: { name: string; exclude: boolean }, chosen: CatalogueModifier): Suggestion[] {
  const out: Suggestion[] = [];
  if (text !== "" && chosen.kind === "text") out.push({ kind: "value", id: "=" + text, name, exclude, value: text, label: t("search.contains", { text }) });
  if (text !== "" && chosen.kind === "exact") out.push({ kind: "value", id: "=" + text, name, exclude, value: text, label: t("search.is", { text }) });
  for (const { value, count } of found ?? []) {
    // Enter must never take a value that the text just typed rules out.
    if (!settled && text !== "" && !fold(value ?? "").includes(fold(text))) continue;
    if (value !== null && value === text && out.length > 0) continue;
    out.push({ kind: "value", id: value === null ? "null" : "=" + value, name, exclude, value: value ?? "", count });
  }
  // Those that are chosen stay to be taken back, also when nothing has them now.
  if (text === "") {
    for (const value of present.find((m) => m.name === name && m.exclude === exclude)?.values ?? []) {
      if (!out.some((s) => s.kind === "value" && s.value === value)) out.unshift({ kind: "value", id: value === "" ? "null" : "=" + value, name, exclude, value });
    }
  }
  return out;
}

/** What somebody may type for a modifier: its name here, in English and in URLs. */
function namesOf(m: CatalogueModifier): string[] {
  return [named("modifier", m.name, m.label), m.label, m.name].map(fold);
}

/** Without regard to case, accents and the sign between words. */
function fold(s: string): string {
  return s
    .normalize("NFD")
    .replace(/\p{Diacritic}/gu, "")
    .toLowerCase()
    .replace(/[_\s]+/g, " ")
    .trim();
}
