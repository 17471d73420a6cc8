/** The languages that the page speaks; a file of messages each. */
export const languages = { en: "English", ja: "日本語" } as const;

export type Language = keyof typeof languages;

const key = "backlot.language";

/** The language of the page: what was chosen in this browser, or the first of the reader's that it speaks. */
export const language: Language = chosen() ?? preferred(typeof navigator === "undefined" ? [] : navigator.languages);

/** How numbers and dates are written: as the reader's locale has them, if that is of the page's language. */
export const locale: string | undefined = localeFor(language, typeof navigator === "undefined" ? [] : navigator.languages);

/** The first of the reader's languages that the page speaks. */
export function preferred(readers: readonly string[]): Language {
  for (const tag of readers) {
    const base = tag.toLowerCase().split("-")[0] ?? "";
    if (isLanguage(base)) return base;
  }
  return "en";
}

export function localeFor(spoken: Language, readers: readonly string[]): string {
  return readers.find((tag) => tag.toLowerCase().split("-")[0] === spoken) ?? spoken;
}

/** Speaks another language from now on. Messages and formats are chosen once, so the page loads again; its URL keeps what it shows. */
export function speak(next: Language): void {
  try {
    localStorage.setItem(key, next);
  } catch {
    // Without storage the reader's own languages decide again.
  }
  window.location.reload();
}

function chosen(): Language | undefined {
  try {
    const stored = localStorage.getItem(key);
    return stored !== null && isLanguage(stored) ? stored : undefined;
  } catch {
    return undefined;
  }
}

function isLanguage(text: string): text is Language {
  return Object.hasOwn(languages, text);
}
