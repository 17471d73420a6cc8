import type { Page } from "@playwright/test";
import { places } from "./places";
import { expect, test } from "./portal";

const asked = places.filter((place) => place.as !== undefined && place.alone === undefined);

/** Answers whatever the page asks the server for, but who is signed in. */
async function answerAll(page: Page, status: number, code: string): Promise<() => Promise<void>> {
  const all = /\/api\/v1\/(?!session$)/;
  await page.route(all, (route) => route.fulfill({ status, contentType: "application/problem+json", json: { type: "about:blank", title: code, status, code, detail: "the answer of this test" } }));
  return () => page.unroute(all);
}

const coming = ["[aria-busy=true]", "[data-loading=true]", "[data-waiting]", "[role=status][aria-label=Loading]", "[class*=bone]", ".mantine-Skeleton-root"].map((one) => "main " + one).join(", ");
const waiting = (page: Page) => page.locator("[aria-busy=true], .mantine-Loader-root");

for (const as of new Set(asked.map((place) => place.as as string))) {
  const mine = asked.filter((place) => place.as === as);

  test(`a server that fails is told of on each page of ${as}, and asked again`, async ({ page, portal, signIn }) => {
    test.slow();
    await signIn(as);
    for (const place of mine) {
      await test.step(place.name, async () => {
        const at = typeof place.at === "string" ? place.at : await place.at(portal.url);
        const mend = await answerAll(page, 500, "internal");
        await page.goto(at);
        const again = page.getByRole("alert").getByRole("button", { name: "Try again" });
        await expect(again.first(), place.name).toBeVisible();
        await expect(page.getByRole("alert").first(), place.name).toContainText("The answer of this test.");
        await expect(waiting(page), `${place.name} waits for ever`).toHaveCount(0);
        await mend();
        await expect(async () => {
          if ((await again.count()) > 0) await again.first().click({ timeout: 2000 });
          await expect(place.shown(page), place.name).toBeVisible({ timeout: 2000 });
        }).toPass({ timeout: 15_000 });

        // What one may not see is said, and not asked again.
        const allow = await answerAll(page, 404, "not_found");
        await page.goto(at);
        await expect(page.getByRole("alert").first(), place.name).toContainText("The answer of this test.");
        await expect(again, place.name).toHaveCount(0);
        await expect(waiting(page), place.name).toHaveCount(0);
        await allow();
      });
    }
  });

  test(`nothing jumps when the data of a page of ${as} arrive; without a connection they stay`, async ({ page, portal, signIn, context }) => {
    test.slow();
    await signIn(as);
    await page.addInitScript(() => {
      // How much of the page moved without anybody having done anything: web.dev/cls.
      Object.assign(window, { shifted: [] as { value: number; what: string[] }[] });
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries() as unknown as { value: number; sources: { node: Node | null }[] }[])
          (window as unknown as { shifted: object[] }).shifted.push({ value: entry.value, what: entry.sources.map(({ node }) => (node instanceof Element ? `${node.tagName} ${node.className}` : String(node?.textContent))) });
      }).observe({ type: "layout-shift", buffered: true });
    });
    for (const place of mine) {
      await test.step(place.name, async () => {
        const at = typeof place.at === "string" ? place.at : await place.at(portal.url);
        let release = () => {};
        const held = new Promise<void>((done) => (release = done));
        const all = /\/api\/v1\/(?!session$)/;
        await page.route(all, async (route) => {
          await held;
          await route.continue().catch(() => {}); // the page may have left
        });
        await page.goto(at);
        await expect(page.locator("main"), place.name).toBeVisible();
        await expect.soft(page.locator(coming).first(), `${place.name} shows that something comes`).toBeVisible({ timeout: 5000 });
        release();
        await expect(place.shown(page), place.name).toBeVisible();
        await page.unroute(all);
        const shifted = await page.evaluate(() => (window as unknown as { shifted: { value: number; what: string[] }[] }).shifted);
        const most = shifted.reduce((sum, { value }) => sum + value, 0);
        expect.soft(most, `${place.name}: ${JSON.stringify(shifted.filter(({ value }) => value > 0.01))}`).toBeLessThan(0.1);

        await context.setOffline(true);
        await expect(page.getByText(/^You are offline/), place.name).toBeVisible();
        await expect(place.shown(page), place.name).toBeVisible();
        await context.setOffline(false);
        await expect(page.getByText(/^You are offline/), place.name).toHaveCount(0);
        await expect(place.shown(page), place.name).toBeVisible();
      });
    }
  });
}

test("an address that leads nowhere says so", async ({ page, signIn }) => {
  await signIn("demo-operator");
  await page.goto("/nowhere");
  await expect(page.getByRole("heading", { name: "There is no such page" })).toBeVisible();
  for (const at of ["/requests/none", "/requests/none/history", "/quality-control/none", "/jobs/none", "/help/issues/none"]) {
    await page.goto(at);
    await expect(page.getByRole("alert"), at).toBeVisible();
    await expect(page.getByRole("alert").getByRole("button", { name: "Try again" }), at).toHaveCount(0);
  }
});
