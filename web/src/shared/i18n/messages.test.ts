import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { localeFor, preferred } from "./language";

const src = join(import.meta.dirname, "../..");
const read = (folder: string, name: string) => JSON.parse(readFileSync(join(src, folder, name), "utf8")) as object;
// The messages that are loaded at once, and those that come with what is loaded later.
const folders = [
  "shared/i18n",
  ...["features", "shared"].flatMap((part) => readdirSync(join(src, part)).map((name) => `${part}/${name}/messages`)).filter((folder) => existsSync(join(src, folder))),
];

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

describe.each(folders)("%s", (folder) => {
  const en = read(folder, "en.json");
  // What the server names is English as it is (e2e/language.spec.ts looks at the other side).
  const { server: _, ...ja } = read(folder, "ja.json") as { server?: object };
  const [english, other] = [flat(en), flat(ja)];

  test("both languages have the same messages", () => {
    expect([...other.keys()].sort()).toEqual([...english.keys()].sort());
    expect(english.size).toBeGreaterThan(0);
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
    expect(forms(en, "one")).toBe(forms(en, "other"));
    expect(forms(ja, "one")).toBe(0);
    expect(forms(ja, "other")).toBe(forms(en, "other"));
  });
});

test("the page speaks the first of the reader's languages that it knows, and writes numbers as they do", () => {
  expect(preferred(["de-CH", "ja-JP", "en-US"])).toBe("ja");
  expect(preferred(["de-CH", "fr"])).toBe("en");
  expect(localeFor("en", ["ja-JP", "en-GB"])).toBe("en-GB");
  expect(localeFor("ja", ["en-GB"])).toBe("ja");
});
