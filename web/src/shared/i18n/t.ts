import { createInstance } from "i18next";
import en from "./en.json";
import { language } from "./language";

// Another language than English is loaded before anything is shown in it.
const messages = language === "ja" ? (await import("./ja.json")).default : en;

const i18n = createInstance();
void i18n.init({
  lng: language,
  resources: { [language]: { translation: messages } },
  initAsync: false,
  fallbackLng: false,
  returnNull: false,
  interpolation: { escapeValue: false }, // React does
  showSupportNotice: false,
} as Parameters<typeof i18n.init>[0]);

type Leaves<T, Prefix extends string = ""> = {
  [K in keyof T & string]: T[K] extends string ? `${Prefix}${K extends `${infer Base}_${"zero" | "one" | "two" | "few" | "many" | "other"}` ? Base : K}` : Leaves<T[K], `${Prefix}${K}.`>;
}[keyof T & string];

/** The keys of the messages: those of English, plural forms under their common name. */
export type MessageKey = Leaves<typeof en>;

/** What stands in the places of a message; count chooses the plural form. */
export type Values = Record<string, string | number>;

/** A message in the page's language. */
export function t(key: MessageKey, values?: Values): string {
  return i18n.t(key, values ?? {});
}

/**
 * A message for what is said of every row of a list: looked up once, and its
 * places filled, in the order that they are named in, as often as rows pass by.
 */
export function withPlaces(key: MessageKey, ...places: string[]): (...values: string[]) => string {
  const mark = (i: number) => String.fromCharCode(0xe000 + i);
  const parts = t(key, Object.fromEntries(places.map((name, i) => [name, mark(i)]))).split(/([\ue000-\ue0ff])/);
  return (...values) => parts.map((part, i) => (i % 2 === 0 ? part : values[part.charCodeAt(0) - 0xe000])).join("");
}

/**
 * The messages of a feature that is loaded when it is needed, and they with it:
 * its messages/t.ts awaits this with its own en.json and ja.json. They come
 * before those that everything shares, which it gives too.
 */
export async function messagesOf<T extends object>(feature: string, english: T, japanese: () => Promise<{ default: object }>): Promise<(key: Leaves<T> | MessageKey, values?: Values) => string> {
  i18n.addResourceBundle(language, feature, language === "ja" ? (await japanese()).default : english);
  return (key, values) => i18n.t(key as string, { ...values, ns: [feature, "translation"] });
}

/** What the server names in English, in the page's language if there is a word for it. */
export function named(kind: "modifier" | "modifierHelp" | "grouping" | "column" | "bucket" | "rule" | "value" | "role" | "field", key: string, english: string): string {
  if (language === "en" || key === "") return english;
  const words = (messages as { server?: Record<string, Record<string, string>> }).server?.[kind];
  return words?.[key] ?? english;
}
