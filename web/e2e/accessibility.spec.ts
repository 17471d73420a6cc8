import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { close, openings } from "./openings";
import { patterns, places } from "./places";
import { expect, test } from "./portal";

test("every page is one that is looked at", () => {
  const visited = new Set(places.map((place) => place.path));
  expect(patterns().filter((path) => !visited.has(path)), "pages without a place in e2e/places.ts").toEqual([]);
  const names = places.map((place) => place.name);
  expect(openings.filter(({ of }) => !names.includes(of)), "openings of no place").toEqual([]);
});

/** Looks at what there is in light, and again at what its colours are in dark. */
async function noViolation(page: Page, where: string, within?: string): Promise<void> {
  for (const scheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", scheme);
    const axe = new AxeBuilder({ page }).setLegacyMode(); // there are no frames
    axe.exclude("[data-row='4'] ~ [data-row]"); // one row is as the other
    if (within !== undefined) axe.include(within);
    if (scheme === "dark") axe.withRules(["color-contrast", "link-in-text-block"]);
    const { violations } = await axe.analyze();
    expect.soft(violations.map((v) => `${where}, ${scheme}: ${v.id}, ${v.help}: ${v.nodes.map((n) => n.target.join(" ") + " " + (n.any[0]?.message ?? "")).slice(0, 3).join(" | ")}`)).toEqual([]);
  }
}

for (const as of new Set(places.map((place) => place.as))) {
  test(`axe finds nothing on the pages of ${as ?? "nobody"}`, async ({ page, portal, signIn }) => {
    test.slow();
    if (as !== undefined) await signIn(as);
    for (const place of places.filter((one) => one.as === as)) {
      await page.goto(typeof place.at === "string" ? place.at : await place.at(portal.url));
      await expect(place.shown(page), place.name).toBeVisible();
      await noViolation(page, place.name);
      for (const { name, open, within } of openings.filter(({ of }) => of === place.name)) {
        await open(page, (english) => english);
        await noViolation(page, name, within);
        await close(page);
      }
    }
  });
}
