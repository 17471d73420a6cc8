import type { Rule, WriteRule } from "../api/rules";

/** A rule as somebody is writing it. */
export type Draft = Required<Omit<WriteRule, "webhook_url">> & { webhook_url: string };

export function newDraft(query: string, zone: string): Draft {
  return { name: "", kinds: [], query, own_actions: false, when: "at_once", hour: 8, zone, mail: false, webhook_url: "" };
}

export function draftOf({ name, kinds, query, own_actions, when, hour, zone, mail, webhook_url }: Rule): Draft {
  return { name, kinds, query, own_actions, when, hour, zone, mail, webhook_url: webhook_url ?? "" };
}

/** As the API takes it. */
export function written(draft: Draft): WriteRule {
  const url = draft.webhook_url.trim();
  return { ...draft, name: draft.name.trim(), webhook_url: url === "" ? null : url };
}

/** The modifiers in a query string; what else a page's URL holds is left out. */
export function modifiersIn(query: string, known: readonly string[]): { name: string; exclude: boolean; values: string[] }[] {
  const found = new Map<string, { name: string; exclude: boolean; values: string[] }>();
  for (const [key, value] of new URLSearchParams(query)) {
    const exclude = key.startsWith("-");
    const name = exclude ? key.slice(1) : key;
    if (!known.includes(name)) continue;
    const one = found.get(key) ?? { name, exclude, values: [] };
    one.values.push(value);
    found.set(key, one);
  }
  return [...found.values()];
}

export function queryOf(modifiers: ReturnType<typeof modifiersIn>): string {
  return new URLSearchParams(modifiers.flatMap(({ name, exclude, values }) => values.map((value) => [(exclude ? "-" : "") + name, value]))).toString();
}
