import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, picture, test } from "./portal";

async function noViolation(page: Page, where: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const told = violations.map((v) => `${where}: ${v.id}, ${v.help}: ${v.nodes.map((n) => n.target.join(" ") + " " + (n.any[0]?.message ?? "")).slice(0, 3).join(" | ")}`);
  expect.soft(told).toEqual([]);
}

for (const scheme of ["light", "dark"] as const) {
  for (const width of [1280, 1920]) {
    test(`every page, ${scheme}, ${width} pixels wide${width === 1280 ? ": axe finds nothing" : ""}`, async ({ page, signIn }) => {
      await page.setViewportSize({ width, height: width === 1280 ? 800 : 1080 });
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
      const look = async (name: string) => {
        await picture(page, `40-${scheme}-${width}-${name}`);
        // Nothing but the places of things depends on the width.
        if (width === 1280) await noViolation(page, name);
      };

      await page.goto("/");
      await expect(page.getByText("Sign in as")).toBeVisible();
      await look("sign-in");

      await signIn("demo-juniper");
      await page.goto("/");
      await expect(page.getByText(/Press Enter/)).toBeVisible();
      await look("landing");
      await page.keyboard.press("ArrowDown");
      await expect(page.getByRole("option").first()).toBeVisible();
      await look("modifiers");
      await page.keyboard.type("language:");
      await expect(page.getByRole("option", { name: /^French \d/ })).toBeVisible();
      await look("values");

      await page.goto("/requests?due_date=2026..2030&group=source_type,language&bucket=requests&group.source_type=Dubs&group.language=French&sort=due_date");
      await expect(page.getByRole("grid").getByRole("link").first()).toBeVisible();
      await look("open-bucket");
      await page.goto("/requests?language=Klingon");
      await expect(page.getByRole("heading", { name: "Nothing matches" })).toBeVisible();
      await look("nothing-matches");
      await page.goto("/requests?status=Opn");
      await expect(page.getByRole("alert")).toBeVisible();
      await look("refused");

      // A request with a history: quality control found issues in it.
      const answer = await page.request.get("/api/v1/requests?issues=Has+issues&limit=1");
      const { rows } = (await answer.json()) as { rows: { request_id: string }[] };
      const base = "/requests/" + rows[0]?.request_id;
      await page.goto(base);
      await expect(page.getByRole("heading", { name: "Delivery details" })).toBeVisible();
      await look("details");
      await page.getByRole("button", { name: "Change the material status" }).click();
      await expect(page.getByRole("dialog")).toBeVisible();
      await look("material-status");
      for (const [tab, text] of [
        ["deliveries", /delivered through the portal|Delivery \d/],
        ["quality-control", /Full check/],
        ["comments", /Add a comment/],
        ["history", /As of/],
      ] as const) {
        await page.goto(`${base}/${tab}`);
        await expect(page.getByText(text).first()).toBeVisible();
        await look(tab);
      }
      await page.getByRole("button", { name: /Show the request as it was/ }).last().click();
      await expect(page.getByText(/This is the past/)).toBeVisible();
      await look("past");
    });
  }
}
