import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, picture, test } from "./portal";

/** within, where the rest of the page was looked at already: axe takes a second for a page, on an idle machine. */
async function noViolation(page: Page, where: string, within?: string): Promise<void> {
  const axe = new AxeBuilder({ page });
  const { violations } = await (within === undefined ? axe : axe.include(within)).analyze();
  const told = violations.map((v) => `${where}: ${v.id}, ${v.help}: ${v.nodes.map((n) => n.target.join(" ") + " " + (n.any[0]?.message ?? "")).slice(0, 3).join(" | ")}`);
  expect.soft(told).toEqual([]);
}

/** Sets the page up as somebody has it, and returns what looks at it. */
async function setUp(page: Page, scheme: "light" | "dark", width: number): Promise<(name: string, within?: string) => Promise<void>> {
  await page.setViewportSize({ width, height: width === 1280 ? 800 : 1080 });
  await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
  return async (name, within) => {
    await picture(page, `40-${scheme}-${width}-${name}`);
    // Nothing but the places of things depends on the width.
    if (width === 1280) await noViolation(page, name, within);
  };
}

for (const scheme of ["light", "dark"] as const) {
  for (const width of [1280, 1920]) {
    test(`every page, ${scheme}, ${width} pixels wide${width === 1280 ? ": axe finds nothing" : ""}`, async ({ page, signIn }) => {
      test.slow(); // axe takes its time over twenty pages on a busy machine
      const look = await setUp(page, scheme, width);
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
      const { now } = (await (await page.request.get("/api/v1/buckets")).json()) as { now: string };
      await page.goto("/requests?as_of=" + now);
      await expect(page.getByText("This is the past")).toBeVisible();
      await look("past", "main");
      await page.goto("/trends");
      await expect(page.getByText("There is nothing to compare yet")).toBeVisible();
      await look("trends", "main");
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

    test(`choosing and changing many, ${scheme}, ${width} pixels wide${width === 1280 ? ": axe finds nothing" : ""}`, async ({ page, signIn }) => {
      test.slow();
      const look = await setUp(page, scheme, width);
      await signIn("demo-operator");
      await page.goto("/requests?language=Thai&group=source_type&bucket=requests&sort=due_date");
      await expect(page.getByRole("grid").getByRole("link").first()).toBeVisible();
      await page.locator("[data-row='2']").hover();
      await look("rows");
      await page.getByRole("button", { name: "Choose the columns" }).click();
      await expect(page.getByRole("checkbox", { name: "Sub-assignee" })).toBeVisible();
      await look("columns", "[role=dialog]");
      await page.keyboard.press("Escape");
      await page.locator("[data-row='1']").hover();
      await page.locator("[data-row='1']").getByRole("button", { name: "More actions" }).click();
      await expect(page.getByRole("menu")).toBeVisible();
      await look("row-menu");
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "Save or load a template" }).click();
      await expect(page.getByLabel("Name of the template")).toBeVisible();
      await look("templates", "[role=dialog]");
      await page.keyboard.press("Escape");
      for (const index of [0, 1, 3]) await page.locator(`[data-row='${index}']`).getByRole("checkbox").click();
      await look("chosen");
      for (const [action, name] of [
        ["Comment", "comment"],
        ["Move the estimated delivery date", "dates"],
        ["Change the material status", "material"],
        ["Edit", "edit"],
        ["Ask for redelivery", "redelivery"],
        ["Cancel the request", "cancel"],
      ] as const) {
        await page.getByRole("region", { name: "Selected requests" }).getByRole("button", { name: action, exact: true }).click();
        await expect(page.getByRole("dialog")).toBeVisible();
        if (name === "dates") {
          await page.getByText("A date for each").click();
          await expect(page.getByRole("dialog").getByRole("row").nth(3)).toBeVisible();
        }
        await look(name, "[role=dialog]");
        await page.keyboard.press("Escape");
        await expect(page.getByRole("dialog")).toHaveCount(0);
      }
      await page.getByRole("button", { name: "Reinstate", exact: true }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Reinstate 3 requests" }).click();
      await expect(page.getByRole("group", { name: "Reinstatement" })).toContainText("3 refused");
      await look("refused-some");
      await page.getByRole("button", { name: "Why?" }).click();
      await expect(page.getByRole("dialog").getByRole("listitem").first()).toBeVisible();
      await look("refusals", "[role=dialog]");
    });

    test(`help, reports and deliveries, ${scheme}, ${width} pixels wide${width === 1280 ? ": axe finds nothing" : ""}`, async ({ page, signIn }) => {
      test.slow();
      const look = await setUp(page, scheme, width);
      await signIn("demo-operator");
      await page.goto("/help");
      await expect(page.getByText("next 14 days").first()).toBeVisible();
      await look("help");
      await page.keyboard.press("Control+k");
      await expect(page.getByRole("dialog").getByRole("combobox")).toBeFocused();
      await page.keyboard.type("tram");
      await expect(page.getByRole("option", { name: /The Last Tram/ }).first()).toBeVisible();
      await look("palette", "[role=dialog]");
      await page.goto("/reports?period=all&group=fulfillment_partner&figure=redelivery_rate&number=unknown");
      await expect(page.getByRole("dialog").getByRole("row").nth(2)).toBeVisible();
      await look("behind", "[role=dialog]");
      await page.keyboard.press("Escape");
      await expect(page.getByRole("dialog")).toHaveCount(0);
      await expect(page.getByRole("rowheader").first()).toBeVisible();
      await look("reports");
      await page.goto("/deliveries?period=all&show=before");
      await expect(page.getByRole("row").nth(2)).toBeVisible();
      await look("deliveries-of-all");
      const { rows } = (await (await page.request.get("/api/v1/requests?issues=Has+issues&limit=1")).json()) as { rows: { package_id: string }[] };
      await page.goto(`/packages/${rows[0]?.package_id}`);
      await page.locator("[data-stop='1']").first().hover();
      await look("timeline", "main");
      await page.getByRole("button", { name: "Table", exact: true }).click();
      await expect(page.getByRole("rowheader").first()).toBeVisible();
      await look("timeline-table", "main");
      await page.goto("/materials");
      await page.locator("[data-line]").first().press("Enter");
      await expect(page.locator("[data-request]").first()).toBeVisible();
      await look("materials");
    });

    test(`signing in, accounts and organisations, ${scheme}, ${width} pixels wide${width === 1280 ? ": axe finds nothing" : ""}`, async ({ page, signIn }) => {
      test.slow(); // axe takes its time over twenty pages on a busy machine
      const look = await setUp(page, scheme, width);
      await page.goto("/");
      await expect(page.getByText("Sign in as")).toBeVisible();
      await page.getByRole("button", { name: "Or with an API token" }).click();
      await look("sign-in-demo");
      // As a portal without demo data, and with single sign-on, shows itself.
      await page.route("**/api/v1/session", async (route) => {
        const answer = await route.fetch();
        await route.fulfill({ response: answer, json: { ...(await answer.json()), demo: false, demo_identities: [], oidc: { name: "Northlight" } } });
      });
      await page.goto("/?sign_in_problem=email");
      await expect(page.getByRole("link", { name: "Sign in with Northlight" })).toBeVisible();
      await page.getByRole("button", { name: "Sign in", exact: true }).click();
      await look("sign-in");
      await page.unroute("**/api/v1/session");
      await page.getByRole("button", { name: "Forgot your password?" }).click();
      await look("forgotten");
      await page.goto("/invitation#bli_unknown");
      await page.getByLabel("New password").fill("short");
      await page.keyboard.press("Enter");
      await look("invitation");
      await page.goto("/reset#blr_unknown");
      await page.getByLabel("New password").fill("long enough for anybody");
      await page.keyboard.press("Enter");
      await expect(page.getByRole("alert")).toBeVisible();
      await look("reset");
      await page.goto("/reset");
      await expect(page.getByText("Open the link again")).toBeVisible();
      await look("reset-lost");

      await signIn("demo-juniper");
      await page.goto("/accounts");
      await expect(page.getByRole("row", { name: /June Adeyemi/ })).toBeVisible();
      await look("colleagues");
      await page.goto("/account");
      await page.getByLabel("What it is for").fill(`Nightly export, ${scheme}, ${width}`);
      await page.getByRole("button", { name: "Issue" }).click();
      await expect(page.getByLabel("Token", { exact: true })).toBeVisible();
      await page.getByRole("button", { name: "Copy" }).click();
      await look("account");
      await page.getByRole("button", { name: /^Revoke/ }).first().click();
      await expect(page.getByRole("dialog")).toBeVisible();
      await look("revoke");

      await page.context().clearCookies();
      await signIn("demo-operator");
      await page.goto("/accounts");
      await expect(page.getByRole("row", { name: /June Adeyemi/ })).toBeVisible();
      await look("accounts");
      await page.getByRole("button", { name: "Operator", exact: true }).click();
      await expect(page.getByRole("menu")).toBeVisible();
      await look("account-menu");
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "Invite…" }).click();
      await page.getByLabel("Name", { exact: true }).fill("Kim Ahn");
      await page.getByLabel("E-mail address").fill("kim@juniper");
      await look("invite");
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "Actions for June Adeyemi" }).click();
      await expect(page.getByRole("menu")).toBeVisible();
      await look("account-actions");
      await page.getByRole("menuitem", { name: "Erase…" }).click();
      await expect(page.getByRole("dialog")).toBeVisible();
      await look("erase");
      await page.keyboard.press("Escape");
      await page.getByLabel("Search accounts").fill("nobody of this name");
      await expect(page.getByText(/Nobody is found/)).toBeVisible();
      await look("accounts-none");
      await page.goto("/accounts/organisations");
      await expect(page.getByRole("row", { name: /Juniper Post/ })).toBeVisible();
      await look("organisations");
      await page.getByRole("button", { name: "Register…" }).click();
      await expect(page.getByRole("dialog")).toBeVisible();
      await look("register");
    });
  }
}
