import { expect, picture, testAlone } from "./portal";

const test = testAlone();

test("a rule is made, tells what others do, and the inbox is worked through by keys", async ({ page, signIn, portal, browser }) => {
  await signIn("demo-juniper");
  const { rows } = (await (await page.request.get("/api/v1/requests?limit=3&sort=due_date&status=Open")).json()) as { rows: { request_id: string }[] };
  const ids = rows.map((row) => row.request_id);

  await page.goto("/inbox/rules");
  await expect(page.getByText(/No rules yet/)).toBeVisible();
  await page.getByRole("button", { name: "New rule" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("Comments on our work");
  await dialog.getByRole("checkbox", { name: "Commented" }).check();
  await dialog.getByLabel("Webhook, too").fill("http://hooks.example.com/backlot");
  await dialog.getByRole("button", { name: "Save" }).click();
  // What is wrong is said where it is wrong.
  await expect(dialog.getByLabel("Webhook, too")).toHaveAccessibleDescription(/https/);
  await expect(dialog.getByLabel("Webhook, too")).toHaveAttribute("aria-invalid", "true");
  await dialog.getByLabel("Webhook, too").fill("https://hooks.example.com/backlot");
  await picture(page, "50-rule");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog.getByLabel("Secret")).toHaveValue(/^whsec_/);
  await dialog.getByRole("button", { name: "I have it" }).click();
  await expect(page.getByRole("row", { name: /Comments on our work/ })).toContainText("Inbox, Webhook");

  await page.getByRole("button", { name: "Actions for Comments on our work" }).click();
  await page.getByRole("menuitem", { name: "Send a test" }).click();
  await expect(dialog.getByRole("row", { name: /Test.*Webhook/ })).toBeVisible();
  await picture(page, "51-sent");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Actions for Comments on our work" }).click();
  await page.getByRole("menuitem", { name: "Change" }).click();
  await dialog.getByLabel("Webhook, too").fill("");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("row", { name: /Comments on our work/ })).not.toContainText("Webhook");

  const operator = await browser.newContext({ baseURL: portal.url, extraHTTPHeaders: { Origin: portal.url } });
  await operator.request.post("/api/v1/session", { data: { token: "demo-operator" } });
  for (const id of ids) {
    const answer = await operator.request.post(`/api/v1/requests/${id}/comments`, { data: { text: "Which reel is it?" }, headers: { "Idempotency-Key": `inbox-${id}` } });
    expect(answer.ok()).toBe(true);
  }
  await operator.close();
  await expect(async () => {
    const { unread } = (await (await page.request.get("/api/v1/inbox?limit=0")).json()) as { unread: number };
    expect(unread).toBe(3);
  }).toPass({ timeout: 10_000 });

  await page.goto("/inbox");
  const bell = page.getByRole("link", { name: /^Inbox:/ });
  await expect(bell).toHaveAccessibleName("Inbox: 3 unread notifications");
  const lines = page.getByRole("main").getByRole("listitem");
  await expect(lines).toHaveCount(3);
  await picture(page, "52-inbox");
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await expect(lines.nth(1).getByRole("link")).toBeFocused();
  await page.keyboard.press("k");
  await expect(lines.nth(0).getByRole("link")).toBeFocused();
  await page.keyboard.press("u");
  await expect(bell).toHaveAccessibleName("Inbox: 2 unread notifications");
  await expect(lines).toHaveCount(2);
  await expect(lines.nth(0).getByRole("link")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/requests\/[^/]+$/);
  await expect(bell).toHaveAccessibleName("Inbox: 1 unread notification");

  await page.goto("/inbox?show=all&kind=commented");
  await expect(lines).toHaveCount(3);
  await lines.nth(0).getByRole("button", { name: "Mark as unread" }).click();
  await expect(bell).toHaveAccessibleName("Inbox: 2 unread notifications");
  await page.getByRole("button", { name: "Mark all as read" }).click();
  await expect(bell).toHaveAccessibleName("Inbox: nothing unread");

  await page.goto("/inbox/rules");
  await page.getByRole("button", { name: "Actions for Comments on our work" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await dialog.getByRole("button", { name: "Delete the rule" }).click();
  await expect(page.getByText(/No rules yet/)).toBeVisible();
});
