import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { close, openings, type Words } from "./openings";
import { places } from "./places";
import { expect, picture, test } from "./portal";

// Pictures of all there is, for people to look at: `npm run gallery`, with GALLERY=en,ja,light,dark,1280,1920,compact for some of them.
const wanted = (process.env.GALLERY ?? "").split(",").filter((one) => one !== "" && one !== "all");
const among = <T extends string>(all: readonly T[]) => (all.some((one) => wanted.includes(one)) ? all.filter((one) => wanted.includes(one)) : all);
/** What messages say in both languages. */
function pairs(): [english: string, japanese: string][] {
  const leaves = (value: unknown, path: string): [string, string][] => (typeof value === "string" ? [[path, value]] : Object.entries(value as object).flatMap(([key, inner]) => leaves(inner, path + "." + key)));
  const read = (path: string) => leaves(JSON.parse(readFileSync(path, "utf8")), "");
  return readdirSync("src", { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith("en.json"))
    .flatMap((path) => {
      const japanese = new Map(read(join("src", path.replace(/en\.json$/, "ja.json"))));
      return read(join("src", path)).map(([key, text]): [string, string] => [text, japanese.get(key) ?? text]);
    });
}

function wordsOf(language: "en" | "ja"): Words {
  if (language === "en") return (english) => english;
  const known = pairs();
  return (english) => {
    const all = known.filter(([text]) => text === english).map(([, text]) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    return new RegExp(`^(${all.join("|")})`);
  };
}

/** The data are there: nothing waits any more. */
async function settled(page: Page): Promise<void> {
  await expect(page.locator("h1, main, [role=dialog]").first()).toBeVisible();
  await expect(page.locator("[aria-busy=true], [data-loading=true], .mantine-Loader-root")).toHaveCount(0);
  await page.evaluate(() => document.fonts.ready);
}

for (const language of among(["en", "ja"] as const)) {
  for (const scheme of among(["light", "dark"] as const)) {
    for (const as of new Set(places.map((place) => place.as))) {
      test.describe(`${language}, ${scheme}, ${as ?? "nobody"}`, () => {
        test.use({ locale: language === "ja" ? "ja-JP" : "en-GB", colorScheme: scheme });
        test("pictures", async ({ page, portal, signIn }) => {
          test.setTimeout(75_000);
          page.setDefaultTimeout(8_000);
          const w = wordsOf(language);
          if (wanted.includes("compact")) await page.addInitScript(() => localStorage.setItem("backlot.compact", "true"));
          if (as !== undefined) await signIn(as);
          const look = async (name: string) => {
            for (const width of among(["1280", "1920"])) {
              await page.setViewportSize({ width: Number(width), height: width === "1280" ? 800 : 1080 });
              await settled(page);
              await picture(page, `gallery/${name}-${language}-${scheme}-${width}`);
            }
          };
          for (const place of places.filter((one) => one.as === as)) {
            await page.goto(typeof place.at === "string" ? place.at : await place.at(portal.url));
            if (language === "en") await expect(place.shown(page), place.name).toBeVisible();
            await look(place.name);
            for (const { name, open } of openings.filter(({ of }) => of === place.name)) {
              await test.step(name, async () => {
                try {
                  await page.setViewportSize({ width: 1280, height: 800 });
                  await open(page, w);
                  await look(name);
                  await close(page);
                } catch (failure) {
                  expect.soft(String(failure), `${language} ${name}`).toBe("");
                }
              });
            }
          }
        });
      });
    }
  }
}
