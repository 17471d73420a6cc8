import { expect, test } from "vitest";
import en from "./en.json";
import ja from "./ja.json";
import { localeFor, preferred } from "./language";

/** Every message by its path; plural forms are one, under their common name. */
function flat(messages: object, prefix = ""): Map<string, string[]> {
  const out = new Map<string, string[]>();
  for (const [key, value] of Object.entries(messages)) {
    if (typeof value === "string") {
      const name = prefix + key.replace(/_(one|other)$/, "");
      out.set(name, [...(out.get(name) ?? []), value]);
    } else for (const [name, texts] of flat(value as object, `${prefix}${key}.`)) out.set(name, texts);
  }
  return out;
}

// What the server names is English as it is (e2e/language.spec.ts looks at the other side).
const { server: _, ...japanese } = ja;
const [english, other] = [flat(en), flat(japanese)];

test("both languages have the same messages", () => {
  expect([...other.keys()].sort()).toEqual([...english.keys()].sort());
  expect(english.size).toBeGreaterThan(150);
});

test("both have the same places for values and elements in each, and no message is empty", () => {
  const places = (texts: string[]) => [...new Set(texts.flatMap((text) => text.match(/\{\{\w+\}\}|<\w+>/g) ?? []))].sort();
  for (const [key, texts] of english) {
    const theirs = other.get(key) ?? [];
    // A language without plural forms may leave the number out of none of them; English may of one.
    expect([key, places(theirs)]).toEqual([key, places(texts)]);
    for (const text of [...texts, ...theirs]) expect(text.trim(), key).not.toBe("");
  }
});

test("English has both of its plural forms, Japanese its one", () => {
  const forms = (messages: object, form: string) => JSON.stringify(messages).match(new RegExp(`_${form}":`, "g"))?.length ?? 0;
  expect(forms(en, "one")).toBeGreaterThan(0);
  expect(forms(en, "one")).toBe(forms(en, "other"));
  expect(forms(ja, "one")).toBe(0);
  expect(forms(ja, "other")).toBe(forms(en, "other"));
});

test("the page speaks the first of the reader's languages that it knows, and writes numbers as they do", () => {
  expect(preferred(["de-CH", "ja-JP", "en-US"])).toBe("ja");
  expect(preferred(["de-CH", "fr"])).toBe("en");
  expect(localeFor("en", ["ja-JP", "en-GB"])).toBe("en-GB");
  expect(localeFor("ja", ["en-GB"])).toBe("ja");
});
