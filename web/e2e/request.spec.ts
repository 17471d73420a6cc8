import type { Page } from "@playwright/test";
import { expect, picture, test } from "./portal";

/** Opens a request of the signed-in partner that accepts its commands; no two calls give the same one. */
async function openRequest(page: Page, nth: number): Promise<void> {
  const answer = await page.request.get(`/api/v1/requests?status=Open&sort=-due_date&limit=1&offset=${nth}`);
  const { rows } = (await answer.json()) as { rows: { request_id: string }[] };
  await page.goto("/requests/" + rows[0]?.request_id);
  await expect(page.getByRole("heading", { name: "Delivery details" })).toBeVisible();
}

test("the estimated delivery date moves with a reason, and once, also when the answer was lost", async ({ page, signIn }) => {
  await signIn("demo-juniper");
  await openRequest(page, 0);
  const keys: string[] = [];
  await page.route("**/estimated-delivery-date", async (route) => {
    keys.push(route.request().headers()["idempotency-key"] ?? "");
    const answer = await route.fetch();
    expect(answer.status()).toBe(200);
    // The server has done it; the first answer does not arrive.
    if (keys.length === 1) await route.abort("connectionreset");
    else await route.fulfill({ response: answer });
  });
  await page.getByRole("button", { name: "Move the estimated delivery date" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Estimated delivery date").fill("2027-12-24");
  await expect(dialog.getByRole("button", { name: "Move" })).toBeDisabled();
  await dialog.getByLabel("Reason").fill("the mix is recalled");
  await picture(page, "30-edd");
  await dialog.getByRole("button", { name: "Move" }).click();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByText("24 Dec 2027").first()).toBeVisible();
  expect(keys).toHaveLength(2);
  expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
  expect(keys[1]).toBe(keys[0]);

  await page.getByRole("link", { name: "History" }).click();
  await expect(page.getByText(/the mix is recalled/)).toHaveCount(1);
});

test("the reads after a command wait for it", async ({ page, signIn }) => {
  await signIn("demo-juniper");
  await openRequest(page, 1);
  const reads: string[] = [];
  let position = "";
  page.on("response", async (response) => {
    if (response.request().method() === "POST" && response.url().endsWith("/material-status")) position = ((await response.json()) as { position: string }).position;
  });
  page.on("request", (request) => {
    if (request.method() === "GET" && request.url().includes("after=")) reads.push(request.url());
  });
  await page.getByRole("button", { name: "Change the material status" }).click();
  const dialog = page.getByRole("dialog");
  const other = (await dialog.getByLabel("Accepted").isChecked()) ? "Received" : "Accepted";
  await dialog.getByLabel("Rejected").check();
  await expect(dialog.getByRole("button", { name: "Change" })).toBeDisabled();
  await dialog.getByLabel(other, { exact: true }).check();
  await dialog.getByRole("button", { name: "Change" }).click();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByRole("definition").filter({ hasText: other })).toBeVisible();
  expect(position).not.toBe("");
  expect(reads.some((url) => url.endsWith("after=" + position) || url.includes(`after=${position}&`))).toBe(true);
});

test("an edit that collides says what it is now", async ({ page, signIn, portal }) => {
  await signIn("demo-juniper");
  await openRequest(page, 2);
  await page.getByRole("button", { name: "Move the estimated delivery date" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Estimated delivery date").fill("2027-11-01");
  await dialog.getByLabel("Reason").fill("ours");
  const id = page.url().split("/").pop();
  const other = await page.request.post(`${portal.url}/api/v1/requests/${id}/estimated-delivery-date`, {
    data: { date: "2027-10-01", reason: "theirs" },
    headers: { "Idempotency-Key": crypto.randomUUID(), Origin: portal.url },
  });
  expect(other.status()).toBe(200);
  // The page shows their change as it happens; the edit is still based on what was there before.
  await expect(dialog.getByRole("status")).toContainText("moved it to 1 Oct 2027. Yours is 1 Nov 2027.");
  await dialog.getByRole("button", { name: "Move" }).click();
  await expect(dialog.getByRole("alert")).toBeVisible();
  await expect(dialog.getByRole("status")).toContainText("Press Move again");
  await picture(page, "32-both-versions");
  const now = await page.request.get(`${portal.url}/api/v1/requests/${id}`);
  expect((await now.json()).request.estimated_delivery_date).toBe("2027-10-01");
  await dialog.getByRole("button", { name: "Move" }).click();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByRole("definition").filter({ hasText: "1 Nov 2027" })).toBeVisible();
});

test("a request outside one's scope does not exist", async ({ page, signIn, portal }) => {
  await signIn("demo-operator");
  const answer = await page.request.get(`${portal.url}/api/v1/requests?-fulfillment_partner=Juniper+Post&limit=1`);
  const { rows } = (await answer.json()) as { rows: { request_id: string }[] };
  await signIn("demo-juniper");
  await page.goto("/requests/" + rows[0]?.request_id);
  await expect(page.getByRole("alert")).toContainText("cannot be shown");
  await picture(page, "31-not-there");
});

test("a session that ends shows the sign-in page in place", async ({ page, signIn }) => {
  await signIn("demo-juniper");
  await page.goto("/requests?language=French");
  await expect(page.getByRole("button", { name: /Requests, All$/ })).toBeVisible();
  await page.getByRole("combobox", { name: "Search" }).focus();
  await page.context().clearCookies();
  await page.keyboard.press("Enter"); // what the page asks by itself may have been first
  await expect(page.getByText("Sign in as")).toBeVisible();
  await expect(page).toHaveURL(/language=French/);
  await page.getByRole("button", { name: /Juniper Post/ }).click();
  await expect(page.getByRole("button", { name: /Requests, All$/ })).toBeVisible();
});

test("signing out leads to the sign-in page, and nothing of the account stays", async ({ page, signIn }) => {
  await signIn("demo-juniper");
  await page.goto("/requests");
  await expect(page.getByText("Fulfillment Partner: Juniper Post")).toBeVisible();
  await page.getByRole("button", { name: "Juniper Post", exact: true }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByRole("button", { name: /Lantern Localisation/ }).click();
  await expect(page.getByText("Fulfillment Partner: Lantern Localisation")).toBeVisible();
  await expect(page.getByText("Juniper Post")).toHaveCount(0);
});

test("a wrong token is refused in words", async ({ page }) => {
  await page.goto("/");
  await page.getByRole("button", { name: "Or with an API token" }).click();
  await page.getByLabel("API token", { exact: true }).fill("nobody's");
  await page.getByRole("button", { name: "Sign in with the token" }).click();
  await expect(page.getByLabel("API token", { exact: true })).toHaveAccessibleDescription(/The token .* is unknown/);
});

test("a request's keys: c, e, m", async ({ page, signIn }) => {
  await signIn("demo-juniper");
  await openRequest(page, 3);
  await page.keyboard.press("e");
  await expect(page.getByRole("dialog").getByLabel("Estimated delivery date")).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await page.keyboard.press("m");
  await expect(page.getByRole("dialog").getByRole("radio", { checked: true })).toBeFocused();
  await page.keyboard.press("Escape");
  await page.keyboard.press("c");
  await expect(page.getByLabel("Add a comment")).toBeFocused();
  await expect(page.getByLabel("Add a comment")).toHaveValue("");
});

test("a history is filtered by kind and by person, and the past walked through", async ({ page, signIn }) => {
  await signIn("demo-operator");
  const answer = await page.request.get("/api/v1/audit?kind=estimated_delivery_date_changed&limit=1");
  const { entries: [moved] } = (await answer.json()) as { entries: { request_id: string; actor: { account: string } }[] };
  await page.goto(`/requests/${moved?.request_id}/history`);
  const entries = page.locator("li:has(> time)");
  await expect(entries.nth(1)).toBeVisible();
  const all = await entries.count();
  await page.getByRole("combobox", { name: "Kinds of changes" }).click();
  await page.getByRole("option", { name: "Estimated delivery date moved" }).click();
  await page.keyboard.press("Escape");
  await expect(page).toHaveURL(/kind=estimated_delivery_date_changed/);
  await expect(entries.filter({ hasNotText: "moved the estimated delivery date" })).toHaveCount(0);
  await page.getByRole("combobox", { name: "By whom" }).click();
  await page.getByRole("option").filter({ hasText: "June Adeyemi" }).click();
  await expect(page).toHaveURL(`/requests/${moved?.request_id}/history?kind=estimated_delivery_date_changed&by=${moved?.actor.account}`);
  await page.reload();
  await expect(entries.first()).toContainText("moved the estimated delivery date");
  expect(await entries.count()).toBeLessThan(all);

  // The filter stays where the past is looked at; the keys go on through all that happened.
  await page.getByRole("button", { name: /Show the request as it was/ }).first().click();
  await expect(page).toHaveURL(/kind=.*&at=/);
  await expect(page.getByText("This is the past")).toBeVisible();
  await expect(page.locator("li[aria-current=time]")).toHaveCount(1);
  const here = page.url();
  await page.getByRole("heading", { level: 1 }).click();
  await page.keyboard.press("[");
  await expect(page).not.toHaveURL(here);
  await expect(page.getByText("This is the past")).toBeVisible();
  await picture(page, "33-past");
  await page.getByRole("button", { name: "Back to the present" }).click();
  await expect(page).toHaveURL(/history\?kind=[^&]*&by=[^&]*$/);
});
