import type { Mentionable } from "./api/getMentionable";

/** Where a mention is being typed: from its @ up to the caret. */
export interface Typed {
  from: number;
  to: number;
  search: string;
}

/** What is typed before the caret, if it begins a mention: an @ at the beginning of a word. */
export function typedAt(text: string, caret: number): Typed | undefined {
  const found = /(?:^|[\s("「（、。])@([^@\n]{0,40})$/.exec(text.slice(0, caret));
  if (found === null) return undefined;
  const search = found[1] ?? "";
  return { from: caret - search.length - 1, to: caret, search };
}

/** Those whose name, or organisation, has a word that begins with what is typed. */
export function matching(all: Mentionable[], search: string): Mentionable[] {
  const wanted = search.trim().toLowerCase();
  const begins = (name: string | undefined) => name !== undefined && (name.toLowerCase().startsWith(wanted) || name.toLowerCase().split(/\s+/).some((word) => word.startsWith(wanted)));
  return all.filter((one) => wanted === "" || begins(one.name) || begins(one.organisation?.name)).slice(0, 8);
}

/** How somebody is written while a comment is typed: by name, with the organisation where the name is not theirs alone. */
export function written(one: Mentionable, all: Mentionable[]): string {
  const alone = all.filter((other) => other.name === one.name).length === 1;
  return "@" + (alone || one.organisation === null ? one.name : `${one.name} (${one.organisation.name})`);
}

/** The text with a mention in the place of what was typed, and where the caret goes. */
export function completed(text: string, { from, to }: Typed, mention: string): { text: string; caret: number } {
  const after = text.slice(to);
  const gap = /^\s/.test(after) ? "" : " ";
  return { text: text.slice(0, from) + mention + gap + after, caret: from + mention.length + 1 };
}

/** The text as it is sent: with ids in the place of names that were chosen. */
export function sent(text: string, chosen: ReadonlyMap<string, string>): string {
  return [...chosen].sort(([a], [b]) => b.length - a.length).reduce((so, [name, mention]) => so.replaceAll(name, mention), text);
}

/** The parts of a text that are mentions, and those between. */
export function partsOf<M extends { text: string }>(text: string, mentions: M[]): (string | M)[] {
  if (mentions.length === 0) return [text];
  const parts: (string | M)[] = [];
  const byLength = mentions.toSorted((a, b) => b.text.length - a.text.length);
  let from = 0;
  for (let at = text.indexOf("@"); at >= 0; at = text.indexOf("@", at + 1)) {
    const mention = at < from ? undefined : byLength.find((one) => text.startsWith(one.text, at));
    if (mention === undefined) continue;
    if (at > from) parts.push(text.slice(from, at));
    parts.push(mention);
    from = at + mention.text.length;
  }
  if (from < text.length) parts.push(text.slice(from));
  return parts;
}
