import { expect, type Page } from "@playwright/test";

/** What opens over a page, or how a page shows itself otherwise; one begins where the one before it on its place ended, closed by Escape. */
export interface Opening {
  of: string; // the name of a place
  name: string;
  open: (page: Page, w: Words) => Promise<void>;
  within?: string; // the part that is new: the rest was looked at already
}

/** A text of the page, in the language that it has. */
export type Words = (english: string) => string | RegExp;

const dialog = "[role=dialog]";
const menu = "[role=menu]";
const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name, ...(typeof name === "string" ? { exact: true } : {}) });

const opens = (of: string, name: string, label: string, within = dialog): Opening => ({ of, name, within, open: async (page, w) => await pressed(page, w(label), within) });

async function pressed(page: Page, name: string | RegExp, shown: string): Promise<void> {
  await button(page, name).first().click();
  await expect(page.locator(shown).first()).toBeVisible();
}

/** An action of the bar at the bottom, whether it stands there or in the menu of those for which there is no room. */
async function act(page: Page, w: Words, action: string): Promise<void> {
  const bar = page.locator("section:has(> [data-actions])");
  const there = bar.getByRole("button", { name: w(action), exact: true });
  await expect(bar).toBeVisible();
  await there.click();
  await expect(page.locator(dialog)).toBeVisible();
}

export const openings: Opening[] = [
  {
    of: "sign-in",
    name: "sign-in-token",
    open: async (page, w) => {
      await button(page, w("Or with an API token")).click();
    },
  },
  {
    of: "sign-in",
    name: "sign-in-single",
    // As a portal without demo data, and with single sign-on, shows itself.
    open: async (page, w) => {
      await page.route("**/api/v1/session", async (route) => {
        const answer = await route.fetch();
        await route.fulfill({ response: answer, json: { ...(await answer.json()), demo: false, demo_identities: [], oidc: { name: "Northlight" } } });
      });
      await page.goto("/?sign_in_problem=email");
      await expect(page.getByRole("link", { name: /Northlight/ })).toBeVisible();
      await button(page, w("Sign in")).click();
    },
  },
  {
    of: "sign-in",
    name: "forgotten",
    open: async (page, w) => {
      await page.unroute("**/api/v1/session");
      await button(page, w("Forgot your password?")).click();
    },
  },
  {
    of: "invitation",
    name: "invitation-too-short",
    open: async (page, w) => {
      await page.getByLabel(w("New password")).fill("short");
      await page.keyboard.press("Enter");
    },
  },
  {
    of: "reset",
    name: "reset-refused",
    open: async (page, w) => {
      await page.getByLabel(w("New password")).fill("long enough for anybody");
      await page.keyboard.press("Enter");
      await expect(page.getByRole("alert")).toBeVisible();
    },
  },
  {
    of: "landing",
    name: "modifiers",
    open: async (page) => {
      await page.keyboard.press("ArrowDown");
      await expect(page.getByRole("option").first()).toBeVisible();
    },
  },
  {
    of: "landing",
    name: "values",
    open: async (page, w) => {
      await page.keyboard.type("language:");
      await expect(page.getByRole("option", { name: w("French") }).first()).toBeVisible();
    },
  },
  {
    of: "open-bucket",
    name: "nothing-matches",
    open: async (page, w) => {
      await page.goto("/requests?language=Klingon");
      await expect(page.getByRole("heading", { name: w("Nothing matches") })).toBeVisible();
    },
  },
  {
    of: "open-bucket",
    name: "refused",
    open: async (page) => {
      await page.goto("/requests?status=Opn");
      await expect(page.getByRole("alert")).toBeVisible();
    },
  },
  opens("details", "material-status", "Change the material status"),
  opens("details", "date", "Move the estimated delivery date"),
  opens("details", "request-actions", "More actions", menu),
  {
    of: "history",
    name: "past",
    open: async (page) => {
      await page.locator("li:has(> time) button").last().click();
      await expect(page).toHaveURL(/at=/);
      await expect(page.getByRole("main").getByRole("status").first()).toBeVisible();
    },
  },
  {
    of: "bulk",
    name: "rows",
    open: async (page) => {
      await page.locator("[data-row='2']").hover();
    },
  },
  opens("bulk", "columns", "Choose the columns"),
  {
    of: "bulk",
    name: "row-menu",
    within: menu,
    open: async (page, w) => {
      await page.locator("[data-row='1']").hover();
      await page.locator("[data-row='1']").getByRole("button", { name: w("More actions") }).click();
      await expect(page.locator(menu)).toBeVisible();
    },
  },
  opens("bulk", "templates", "Save or load a template"),
  {
    of: "bulk",
    name: "chosen",
    within: "main",
    open: async (page) => {
      for (const index of [0, 1, 3]) await page.locator(`[data-row='${index}']`).getByRole("checkbox").click();
      await expect(page.locator("[data-actions]")).toBeVisible();
    },
  },
  ...(
    [
      ["comment", "Comment"],
      ["dates", "Move the estimated delivery date"],
      ["material", "Change the material status"],
      ["edit", "Edit"],
      ["assign", "Assign"],
      ["redelivery", "Ask for redelivery"],
      ["cancel", "Cancel the request"],
    ] as const
  ).map(
    ([name, action]): Opening => ({
      of: "bulk",
      name,
      within: dialog,
      open: async (page, w) => {
        await act(page, w, action);
        if (name === "dates") {
          await page.getByText(w("A date for each")).click();
          await expect(page.getByRole("dialog").getByRole("row").nth(3)).toBeVisible();
        }
      },
    }),
  ),
  {
    of: "bulk",
    name: "refused-some",
    within: "main",
    open: async (page, w) => {
      await act(page, w, "Reinstate");
      await page.getByRole("dialog").locator("button[type=submit]").click();
      await expect(button(page, w("Why?"))).toBeVisible();
    },
  },
  opens("bulk", "refusals", "Why?"),
  {
    of: "help",
    name: "shortcuts",
    within: dialog,
    open: async (page) => {
      await page.keyboard.press("Shift+?");
      await expect(page.locator(dialog)).toBeVisible();
    },
  },
  {
    of: "help",
    name: "palette",
    within: dialog,
    open: async (page) => {
      await page.keyboard.press("Control+k");
      await expect(page.getByRole("dialog").getByRole("combobox")).toBeFocused();
      await page.keyboard.type("tram");
      await expect(page.getByRole("option", { name: /The Last Tram/ }).first()).toBeVisible();
    },
  },
  {
    of: "reports",
    name: "behind",
    within: dialog,
    open: async (page) => {
      await page.goto("/reports?period=all&group=fulfillment_partner&figure=redelivery_rate&number=unknown");
      await expect(page.getByRole("dialog").getByRole("row").nth(2)).toBeVisible();
    },
  },
  {
    of: "account",
    name: "token",
    within: "main",
    open: async (page, w) => {
      await page.getByLabel(w("What it is for")).fill("Nightly export");
      await button(page, w("Issue")).click();
      await expect(page.getByLabel(w("Token"), { exact: true })).toBeVisible();
    },
  },
  {
    of: "account",
    name: "revoke",
    within: dialog,
    open: async (page) => {
      await page.getByRole("row").last().getByRole("button").click();
      await expect(page.locator(dialog)).toBeVisible();
    },
  },
  {
    of: "materials",
    name: "provide",
    within: dialog,
    open: async (page) => {
      await page.locator("[data-line]").first().press("p");
      await expect(page.locator(dialog)).toBeVisible();
    },
  },
  opens("rules", "new-rule", "New rule"),
  {
    of: "accounts",
    name: "account-menu",
    within: menu,
    open: async (page) => {
      await page.locator("header [aria-haspopup=menu]").click();
      await expect(page.locator(menu)).toBeVisible();
    },
  },
  opens("accounts", "invite", "Invite…"),
  {
    of: "accounts",
    name: "account-actions",
    within: menu,
    open: async (page) => {
      await page.getByRole("row", { name: /June Adeyemi/ }).getByRole("button").click();
      await expect(page.locator(menu)).toBeVisible();
    },
  },
  {
    of: "accounts",
    name: "accounts-none",
    within: "main",
    open: async (page, w) => {
      await page.getByLabel(w("Search accounts")).fill("nobody of this name");
      await expect(page.getByRole("row", { name: /June Adeyemi/ })).toHaveCount(0);
    },
  },
  {
    of: "timeline",
    name: "timeline-table",
    within: "main",
    open: async (page, w) => {
      await button(page, w("Table")).click();
      await expect(page.getByRole("rowheader").first()).toBeVisible();
    },
  },
  opens("organisations", "register", "Register…"),
];

/** Leaves what an opening opened. */
export async function close(page: Page): Promise<void> {
  const over = page.locator(`${dialog}, ${menu}`);
  // The first one may close a list in it.
  await expect(async () => {
    if ((await over.count()) > 0) await page.keyboard.press("Escape");
    await expect(over).toHaveCount(0, { timeout: 1000 });
  }).toPass();
}
