import type { Page } from "@playwright/test";
import { expect, numberOf, picture, test } from "./portal";

const password = "a reel of seven stars";

/** What follows the host in a link: the tests' portal was told no public address. */
function pathOf(link: string): string {
  const { pathname, hash } = new URL(link);
  return pathname + hash;
}

/** Fills in the dialog for an invitation, as an operator sees it, and returns the link to pass on. */
async function invite(page: Page, name: string, email: string, role = "Fulfillment partner", organisation = "Juniper Post", administrator = false): Promise<string> {
  await page.goto("/accounts");
  await page.getByRole("button", { name: "Invite…" }).click();
  const dialog = page.getByRole("dialog", { name: "Invite somebody" });
  await dialog.getByLabel("Name", { exact: true }).fill(name);
  await dialog.getByLabel("E-mail address").fill(email);
  await dialog.getByRole("combobox", { name: "Role" }).click();
  await page.getByRole("option", { name: role, exact: true }).click();
  await dialog.getByRole("combobox", { name: "Organisation" }).click();
  await page.getByRole("option", { name: organisation, exact: true }).click();
  if (administrator) await dialog.getByLabel("Administrator").check();
  await dialog.getByRole("button", { name: "Invite", exact: true }).click();
  const link = await dialog.getByLabel("Link of the invitation").inputValue();
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(dialog).toHaveCount(0);
  return link;
}

async function accept(page: Page, link: string): Promise<void> {
  await page.goto(pathOf(link));
  await page.getByLabel("New password").fill(password);
  await page.getByRole("button", { name: "Choose the password" }).click();
  await expect(page.getByRole("combobox", { name: "Search" })).toBeVisible();
}

async function signInWith(page: Page, login: string, secret: string): Promise<void> {
  const form = page.getByRole("form", { name: "Sign in", exact: true });
  await form.getByLabel("E-mail address").fill(login);
  await form.getByLabel("Password", { exact: true }).fill(secret);
  await form.getByRole("button", { name: "Sign in", exact: true }).click();
}

test("from an invitation to being out again", async ({ page, portal, signIn, browser }) => {
  const email = "kim.ahn@juniper.example";
  await signIn("demo-operator");
  await page.goto("/accounts");
  await page.getByRole("button", { name: "Invite…" }).click();
  await expect(page.getByRole("button", { name: "Invite", exact: true })).toBeDisabled();
  await picture(page, "50-invite");
  await page.keyboard.press("Escape");
  const link = await invite(page, "Kim Ahn", email);
  expect(pathOf(link)).toMatch(/^\/invitation#bli_[\w-]{43}$/);
  const row = page.getByRole("row", { name: /Kim Ahn/ });
  await expect(row).toContainText("Invited");
  await expect(row).toContainText("Juniper Post");
  await picture(page, "51-invited");

  // Somebody else's browser. The secret is in no address that it asks for, nor in its history.
  const context = await browser.newContext({ baseURL: portal.url });
  const kim = await context.newPage();
  const asked: string[] = [];
  kim.on("request", (request) => asked.push(request.url()));
  await kim.goto(pathOf(link));
  await expect(kim.getByRole("heading", { name: "Welcome to Backlot" })).toBeVisible();
  expect(kim.url()).toBe(portal.url + "/invitation");
  await kim.getByLabel("New password").fill("too short");
  await kim.getByRole("button", { name: "Choose the password" }).click();
  await expect(kim.getByLabel("New password")).toHaveAccessibleDescription(/9 characters; a password has at least 12/);
  await picture(kim, "52-invitation");
  await kim.getByLabel("New password").fill(email);
  await kim.getByRole("button", { name: "Choose the password" }).click();
  await expect(kim.getByLabel("New password")).toHaveAccessibleDescription(/not one's name or address/);
  await kim.getByLabel("New password").fill(password);
  await kim.getByRole("button", { name: "Show the password" }).click();
  await expect(kim.getByLabel("New password")).toHaveAttribute("type", "text");
  await kim.getByLabel("Your name (optional)").fill("Kim Ahn-Lee");
  await kim.keyboard.press("Enter");
  await expect(kim).toHaveURL(portal.url + "/");
  expect(asked.filter((url) => url.includes("bli_"))).toEqual([]);
  await kim.goBack();
  expect(kim.url()).not.toContain("bli_");
  await kim.goto(pathOf(link));
  await kim.getByLabel("New password").fill(password);
  await kim.keyboard.press("Enter");
  await expect(kim.getByRole("alert")).toContainText("has served or has expired");
  await kim.evaluate(() => (window.location.hash = "bli_another")); // another link, in the same tab
  await expect(kim.getByRole("alert")).toHaveCount(0);
  expect(kim.url()).toBe(portal.url + "/invitation");

  // Sees what a colleague sees, and nothing of another partner.
  await kim.goto("/");
  await expect(kim.getByText("Fulfillment Partner: Juniper Post")).toBeVisible();
  await kim.goto("/requests");
  const colleagues = await page.request.get("/api/v1/buckets", { headers: { Authorization: "Bearer demo-juniper" } });
  const { buckets } = (await colleagues.json()) as { buckets: { requests: number } };
  expect(await numberOf(kim, /Requests, All$/)).toBe(buckets.requests);
  const foreign = await page.request.get("/api/v1/requests?fulfillment_partner=Lantern+Localisation&limit=200", { headers: { Authorization: "Bearer demo-operator" } });
  const own = await page.request.get("/api/v1/requests?limit=1000", { headers: { Authorization: "Bearer demo-juniper" } });
  const mine = new Set(((await own.json()) as { rows: { request_id: string }[] }).rows.map((r) => r.request_id));
  const hidden = ((await foreign.json()) as { rows: { request_id: string }[] }).rows.find((r) => !mine.has(r.request_id));
  await kim.goto("/requests/" + hidden?.request_id);
  await expect(kim.getByRole("alert")).toContainText("cannot be shown");

  // A token works in its owner's name, and is shown once.
  await kim.getByRole("button", { name: "Juniper Post", exact: true }).click();
  await expect(kim.getByRole("menu")).toContainText("Kim Ahn-Lee");
  await kim.getByRole("menuitem", { name: "Account" }).click();
  await kim.getByLabel("What it is for").fill("Nightly export");
  await expect(kim.getByLabel("Serves for (days)")).toHaveAttribute("placeholder", "90");
  await kim.getByLabel("Serves for (days)").fill("30");
  await kim.getByRole("button", { name: "Issue" }).click();
  const token = await kim.getByLabel("Token", { exact: true }).inputValue();
  expect(token).toMatch(/^blt_/);
  await picture(kim, "53-token");
  const account = () => page.request.get("/api/v1/account", { headers: { Authorization: "Bearer " + token } });
  expect(((await (await account()).json()) as { name: string }).name).toBe("Kim Ahn-Lee");
  await kim.reload();
  await expect(kim.getByRole("row", { name: /Nightly export/ })).toBeVisible();
  await expect(kim.getByLabel("Token", { exact: true })).toHaveCount(0);

  // Out, and in with the password.
  await kim.getByRole("button", { name: "Juniper Post", exact: true }).click();
  await kim.getByRole("menuitem", { name: "Sign out" }).click();
  await signInWith(kim, email, "not my password");
  await expect(kim.getByLabel("Password", { exact: true })).toHaveAccessibleDescription(/do not belong together/);
  await picture(kim, "54-wrong-password");
  await signInWith(kim, email.toUpperCase(), password);
  await expect(kim.getByRole("heading", { name: "Account", exact: true })).toBeVisible(); // where the page was

  // Out for good: the session and the token end at once.
  await page.getByLabel("Search accounts").fill("kim.ahn");
  await expect(page.getByRole("table", { name: "Accounts" }).getByRole("row")).toHaveCount(2);
  await page.getByRole("button", { name: "Actions for Kim Ahn-Lee" }).click();
  await page.getByRole("menuitem", { name: "Deactivate…" }).click();
  await picture(page, "55-deactivate");
  await page.getByRole("dialog").getByRole("button", { name: "Deactivate", exact: true }).click();
  await expect(page.getByRole("row", { name: /Kim Ahn-Lee/ })).toContainText("Deactivated");
  await kim.goto("/requests");
  await expect(kim.getByRole("form", { name: "Sign in", exact: true })).toBeVisible();
  expect((await account()).status()).toBe(401);
  await signInWith(kim, email, password);
  await expect(kim.getByLabel("Password", { exact: true })).toHaveAccessibleDescription(/do not belong together/);
  await context.close();
});

test("tokens are revoked, passwords changed, and every session ended by oneself", async ({ page, portal, signIn, browser }) => {
  await signIn("demo-operator");
  const link = await invite(page, "Lea Brandt", "lea@juniper.example");
  const context = await browser.newContext({ baseURL: portal.url });
  const lea = await context.newPage();
  await accept(lea, link);
  const elsewhere = await browser.newContext({ baseURL: portal.url });
  const other = await elsewhere.newPage();
  await other.goto("/");
  await signInWith(other, "lea@juniper.example", password);
  await expect(other.getByRole("combobox", { name: "Search" })).toBeVisible();

  await lea.goto("/account");
  await lea.getByRole("textbox", { name: "Name", exact: true }).fill("Lea Brandt-Ito");
  await lea.getByRole("form", { name: "Name" }).getByRole("button", { name: "Change" }).click();
  await expect(lea.getByText("Changed", { exact: true })).toBeVisible();
  await lea.getByLabel("Present password").fill("not this one");
  await lea.getByLabel("New password").fill("another reel of stars");
  await lea.getByRole("button", { name: "Change the password" }).click();
  await expect(lea.getByLabel("Present password")).toHaveAccessibleDescription(/not the present password/);
  await lea.getByLabel("Present password").fill(password);
  await lea.getByRole("button", { name: "Change the password" }).click();
  await expect(lea.getByText("you are signed out everywhere else")).toBeVisible();
  await other.reload();
  await expect(other.getByRole("form", { name: "Sign in", exact: true })).toBeVisible();

  await lea.getByLabel("What it is for").fill("Laptop");
  await lea.getByRole("button", { name: "Issue" }).click();
  const token = await lea.getByLabel("Token", { exact: true }).inputValue();
  const issued = async (by: Page) => ((await (await by.request.get("/api/v1/account/tokens")).json()) as { tokens: { label: string; issued_at: string; expires_at: string }[]; latest_end: string | null });
  const laptop = (await issued(lea)).tokens[0];
  expect(Math.round((Date.parse(laptop?.expires_at ?? "") - Date.parse(laptop?.issued_at ?? "")) / 86_400_000)).toBe(90);
  // Who signed in with a token is told that nothing comes of it that serves longer.
  await other.request.post("/api/v1/session", { data: { token }, headers: { Origin: portal.url } });
  await other.goto("/account");
  await expect(other.getByText(/^You signed in with an API token, so a new one serves until \d+ \w+ \d{4}/)).toBeVisible();
  await expect(other.getByLabel("Serves for (days)")).toHaveAttribute("placeholder", "until then");
  await picture(other, "56-token-of-token");
  await other.getByLabel("What it is for").fill("Derived");
  await other.getByRole("button", { name: "Issue" }).click();
  await expect(other.getByRole("row", { name: /Derived/ })).toBeVisible();
  const after = await issued(other);
  expect(after.tokens.find((one) => one.label === "Derived")?.expires_at).toBe(after.latest_end);
  await lea.reload();
  await lea.getByRole("button", { name: "Revoke Derived" }).click();
  await lea.getByRole("dialog").getByRole("button", { name: "Revoke", exact: true }).click();
  await expect(lea.getByRole("row", { name: /Derived/ })).toHaveCount(0);
  await lea.getByRole("button", { name: "Revoke Laptop" }).click();
  await lea.getByRole("dialog").getByRole("button", { name: "Revoke", exact: true }).click();
  await expect(lea.getByText("You have no valid tokens.")).toBeVisible();
  await expect(lea.getByLabel("Token", { exact: true })).toHaveCount(0);

  await lea.getByRole("button", { name: "Sign out everywhere…" }).click();
  await lea.getByRole("dialog").getByRole("button", { name: "Sign out everywhere", exact: true }).click();
  await expect(lea.getByRole("form", { name: "Sign in", exact: true })).toBeVisible();
  await context.close();
  await elsewhere.close();
});

test("operators change accounts, invite again, reactivate, and erase with the name typed", async ({ page, signIn }) => {
  await signIn("demo-operator");
  const first = await invite(page, "Max Frey", "max@halden.example", "Content partner", "Halden Pictures");
  const row = (name: RegExp) => page.getByRole("row", { name });
  const ask = async (name: string, what: string) => {
    await page.getByRole("button", { name: `Actions for ${name}` }).click();
    await page.getByRole("menuitem", { name: what }).click();
  };
  const dialog = page.getByRole("dialog");
  await ask("Max Frey", "Invite again…");
  await dialog.getByRole("button", { name: "Invite again" }).click();
  expect(await dialog.getByLabel("Link of the invitation").inputValue()).not.toBe(first);
  await dialog.getByRole("button", { name: "Done" }).click();

  // Another role has another kind of organisation; the streaming service's own people have none.
  await ask("Max Frey", "Edit…");
  await expect(dialog.getByRole("button", { name: "Save" })).toBeDisabled();
  await dialog.getByRole("combobox", { name: "Role" }).click();
  await page.getByRole("option", { name: "Auditor" }).click();
  await expect(dialog.getByRole("combobox", { name: "Organisation" })).toHaveCount(0);
  await dialog.getByLabel("E-mail address").fill("demo");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog.getByLabel("E-mail address")).toHaveAccessibleDescription(/not an e-mail address/);
  await picture(page, "56-edit");
  await dialog.getByLabel("E-mail address").fill("max.frey@portal.example");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(row(/Max Frey/)).toContainText("Auditor");
  await expect(row(/Max Frey/)).toContainText("max.frey@portal.example");
  await expect(row(/Max Frey/)).not.toContainText("Halden");

  await ask("Max Frey", "Deactivate…");
  await dialog.getByRole("button", { name: "Deactivate", exact: true }).click();
  await ask("Max Frey", "Reactivate…");
  await dialog.getByRole("button", { name: "Reactivate", exact: true }).click();
  await expect(row(/Max Frey/)).toContainText("Invited");

  await ask("Max Frey", "Erase…");
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Actions for Max Frey" })).toBeFocused();
  await ask("Max Frey", "Erase…");
  await expect(dialog.getByRole("button", { name: "Erase for good" })).toBeDisabled();
  await dialog.getByRole("textbox").fill("Max Frey");
  await picture(page, "57-erase");
  await dialog.getByRole("button", { name: "Erase for good" }).click();
  await expect(dialog).toHaveCount(0);
  await expect(row(/Max Frey/)).toHaveCount(0);
  await page.getByRole("button", { name: /Show \d+ erased/ }).click();
  await expect(row(/Former account/)).toContainText("Erased");

  // One's own rights are somebody else's to change.
  await page.getByRole("button", { name: "Actions for Olga Brandt" }).click();
  await expect(page.getByRole("menuitem")).toHaveText(["Edit…"]);
});

test("operators register and rename organisations", async ({ page, signIn }) => {
  await signIn("demo-operator");
  await page.goto("/accounts");
  await page.getByRole("navigation", { name: "What operators keep" }).getByRole("link", { name: "Organisations" }).click();
  await page.getByRole("button", { name: "Register…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("Aurora Post");
  await dialog.getByLabel(/Makes and delivers/).check();
  await dialog.getByRole("button", { name: "Register", exact: true }).click();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByRole("row", { name: /Aurora Post/ })).toContainText("Fulfillment partner");
  await page.getByRole("button", { name: "Rename Aurora Post" }).click();
  await dialog.getByLabel("Name").fill("Aurora Finishing");
  await dialog.getByRole("button", { name: "Rename", exact: true }).click();
  await expect(page.getByRole("row", { name: /Aurora Finishing/ })).toBeVisible();
  await page.getByLabel("Search organisations").fill("nobody of this name");
  await expect(page.getByText(/No organisation is found/)).toBeVisible();
});

test("an administrator keeps the own organisation's accounts, and colleagues see names only", async ({ page, portal, signIn, browser }) => {
  await signIn("demo-operator");
  const link = await invite(page, "Ada Winther", "ada@lantern.example", "Fulfillment partner", "Lantern Localisation", true);
  const context = await browser.newContext({ baseURL: portal.url });
  const ada = await context.newPage();
  await accept(ada, link);
  await ada.goto("/accounts");
  const table = ada.getByRole("table", { name: "Accounts" });
  await expect(table.getByRole("row", { name: /Lars Nakata/ })).toBeVisible();
  await expect(table.getByRole("row", { name: /June Adeyemi|Olga Brandt/ })).toHaveCount(0);
  await expect(ada.getByRole("navigation", { name: "What operators keep" })).toHaveCount(0);
  await ada.goto("/accounts/organisations");
  await expect(ada.getByRole("heading", { name: "There is no such page" })).toBeVisible();
  await ada.goto("/accounts");
  await ada.getByRole("button", { name: "Invite…" }).click();
  const dialog = ada.getByRole("dialog");
  await expect(dialog.getByRole("combobox")).toHaveCount(0);
  await dialog.getByLabel("Name", { exact: true }).fill("Bo Lind");
  await dialog.getByLabel("E-mail address").fill("ada@lantern.example");
  await dialog.getByRole("button", { name: "Invite", exact: true }).click();
  await expect(dialog.getByLabel("E-mail address")).toHaveAccessibleDescription(/has this|taken|already/);
  await dialog.getByLabel("E-mail address").fill("bo@lantern.example");
  await dialog.getByRole("button", { name: "Invite", exact: true }).click();
  await expect(dialog.getByLabel("Link of the invitation")).toHaveValue(/invitation#bli_/);
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(table.getByRole("row", { name: /Bo Lind/ })).toContainText("Invited");
  await picture(ada, "58-administrator");
  await context.close();

  await page.context().clearCookies();
  await signIn("demo-lantern");
  await page.goto("/accounts");
  await expect(page.getByRole("heading", { name: "Colleagues" })).toBeVisible();
  await expect(page.getByRole("row", { name: /Ada Winther/ })).toBeVisible();
  await expect(page.getByRole("columnheader")).toHaveText(["Name"]);
  await expect(page.getByText("@lantern.example")).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Invite…" })).toHaveCount(0);
});

test("too many attempts to sign in say how long to wait", async ({ page }) => {
  await page.clock.install();
  await page.goto("/");
  for (let i = 0; i < 6; i++) {
    await signInWith(page, "guessed@nowhere.example", `guess ${i}`);
    await expect(page.getByRole("button", { name: /^(Sign in|Wait \d+ seconds)$/ })).not.toHaveAttribute("data-loading");
  }
  const form = page.getByRole("form", { name: "Sign in", exact: true });
  await expect(form.getByLabel("Password", { exact: true })).toHaveAccessibleDescription(/too many attempts. Wait \d+ seconds/);
  await expect(form.getByRole("button", { name: /^Wait \d+ seconds$/ })).toBeDisabled();
  await picture(page, "59-throttled");
  await page.clock.fastForward(60_000);
  await expect(form.getByRole("button", { name: "Sign in", exact: true })).toBeEnabled();
});

test("where the portal sends no mail, a forgotten password says whom to ask", async ({ page }) => {
  await page.goto("/");
  const form = page.getByRole("form", { name: "Sign in", exact: true });
  await form.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(form.getByLabel("E-mail address")).toHaveAccessibleDescription(/who you are/);
  await form.getByLabel("E-mail address").fill("kim@juniper.example");
  await page.getByRole("button", { name: "Forgot your password?" }).click();
  await expect(page.getByLabel("E-mail address")).toHaveValue("kim@juniper.example");
  await page.getByRole("button", { name: "Send me a link" }).click();
  await expect(page.getByRole("alert")).toHaveText("This portal sends no mail; ask an operator or your administrator for another invitation.");
  await picture(page, "60-forgotten");
  await page.getByRole("button", { name: "Back to signing in" }).click();
  await expect(form).toBeVisible();
});

test("the pages of mailed links say what to do where the link's secret is missing", async ({ page }) => {
  await page.goto("/reset");
  await expect(page.getByText(/Open the link again/)).toBeVisible();
  await page.goto("/invitation");
  await expect(page.getByText(/Open the link of your mail again/)).toBeVisible();
  await page.getByRole("link", { name: "Go to the sign-in page" }).click();
  await expect(page.getByRole("form", { name: "Sign in", exact: true })).toBeVisible();
});

test("single sign-on leads back to the page that was asked for, and says why it let nobody in", async ({ page, portal }) => {
  // The portal under test has no provider: its answer is given one, as readapi's tests sign in at a real one.
  await page.route("**/api/v1/session", async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()), oidc: { name: "Northlight" } } });
  });
  await page.goto("/requests?status=Open&group=language");
  const link = page.getByRole("link", { name: "Sign in with Northlight" });
  await expect(link).toHaveAttribute("href", "/api/v1/session/oidc?return=%2Frequests%3Fstatus%3DOpen%26group%3Dlanguage");
  await page.goto("/?sign_in_problem=linked");
  await expect(page.getByRole("alert")).toContainText("belongs to somebody else there");
  await expect(page).toHaveURL(portal.url + "/");
  await expect(link).toHaveAttribute("href", "/api/v1/session/oidc?return=%2F");
});
