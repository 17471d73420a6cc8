import { readFileSync } from "node:fs";
import { expect, picture, test } from "./portal";

test("an auditor lands on what was done, and finds it by kind, request, person and time", async ({ page, signIn }) => {
  await signIn("demo-auditor");
  await page.goto("/");
  await expect(page).toHaveURL(/\/audit$/);
  const entries = page.locator("li:has(> time)");
  await expect(entries).toHaveCount(100);
  await picture(page, "60-audit");

  // One answer is a part of the log; the search goes on from there.
  await expect(page.getByText(/^Searched back to/)).toBeVisible();
  await page.getByRole("button", { name: "Look further back" }).click();
  await expect(entries).toHaveCount(200);

  await page.getByRole("combobox", { name: "What was done" }).click();
  await page.getByRole("option", { name: "Estimated delivery date moved" }).click();
  await page.keyboard.press("Escape");
  await expect(page).toHaveURL(/kind=estimated_delivery_date_changed/);
  await expect(entries.first()).toContainText(/moved the estimated delivery date from .* to /);
  await expect(entries.filter({ hasNotText: "Estimated delivery date moved" })).toHaveCount(0);

  await page.getByRole("combobox", { name: "By whom" }).click();
  await page.getByRole("option", { name: "June Adeyemi (Juniper Post)" }).click();
  await expect(page).toHaveURL(/actor=demo-juniper/);
  await expect(entries.filter({ hasNotText: "June Adeyemi" })).toHaveCount(0);
  await page.reload();
  await expect(page.getByRole("combobox", { name: "By whom" })).toHaveValue("June Adeyemi (Juniper Post)");
  await expect(entries.filter({ hasNotText: "Estimated delivery date moved" })).toHaveCount(0);
  await expect(entries.first()).toContainText("June Adeyemi");
  await picture(page, "61-audit-filtered");

  // The request is shown as it was right after that.
  const title = (await entries.first().getByRole("link").textContent()) ?? "";
  await entries.first().getByRole("link").click();
  await expect(page).toHaveURL(/\/requests\/[^/]+\/history\?at=/);
  await expect(page.getByText("This is the past")).toBeVisible();
  await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
  await expect(page.locator("li[aria-current=time]")).toContainText("moved the estimated delivery date");
  const request = /requests\/([^/]+)\//.exec(page.url())?.[1] ?? "";

  await page.goBack();
  await page.getByRole("button", { name: "Clear all" }).click();
  await expect(page).toHaveURL(/\/audit$/);
  await page.getByLabel("Request ID").fill(request);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(`/audit?request_id=${request}`);
  await expect(entries.filter({ hasNotText: request })).toHaveCount(0);
  await expect(page.getByText("That is everything, back to the beginning of the log.")).toBeVisible();
  await page.getByLabel("Until").fill("2001-01-01");
  await page.keyboard.press("Enter");
  await expect(page.getByText("Nothing that was done fits, back to the beginning of the log.")).toBeVisible();
});

test("what an audit finds is exported as a file", async ({ page, signIn }) => {
  await signIn("demo-auditor");
  await page.goto("/audit?kind=commented&-language=Thai");
  await expect(page.locator("li:has(> time)").first()).toContainText("commented: ");
  await expect(page.getByRole("button", { name: "Drop Language is not Thai" })).toBeVisible();
  await page.getByRole("button", { name: "Export" }).click();
  const downloading = page.waitForEvent("download");
  await page.getByRole("menuitem", { name: "Spreadsheet (CSV)" }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toMatch(/\.csv$/);
  const lines = readFileSync(await download.path(), "utf8").trim().split(/\r?\n/);
  expect(lines[0]).toContain("chain_hash");
  expect(lines.length).toBeGreaterThan(1);
  expect(lines.slice(1).every((line) => line.includes(",commented,"))).toBe(true);
});

test("the log is sealed and verified, and the result told plainly", async ({ page, signIn }) => {
  await signIn("demo-auditor");
  await page.goto("/audit");
  await page.getByRole("link", { name: "Integrity" }).click();
  await page.getByRole("button", { name: "Seal now" }).click();
  await expect(page.getByText(/^Sealed: [\d,]+ events so far$/)).toBeVisible();
  await expect(page.getByRole("table", { name: "Seals, newest first" }).getByRole("row").nth(1)).toContainText(/[0-9a-f]{10}…/);
  await page.getByRole("button", { name: "Verify the log" }).click();
  await expect(page.getByText("The log is intact: it is what was recorded.")).toBeVisible();
  await expect(page.getByRole("definition").first()).toHaveText(/^[1-9][\d,]*$/);
  await picture(page, "62-integrity");

  // As it is told of a log that was changed.
  await page.route("**/api/v1/audit/verify", async (route) => {
    expect(route.request().postDataJSON()).toEqual({ deep: true });
    const answer = await route.fetch();
    const finding = { kind: "altered", stream: "sourceRequest-NL-1001", revision: 3, position: "4711", file: null, text: "Event 3 of sourceRequest-NL-1001 is not what its hash says." };
    await route.fulfill({ response: answer, json: { ...(await answer.json()), intact: false, found: 2, findings: [finding] } });
  });
  await page.getByLabel("Read every stream whole").check();
  await page.getByRole("button", { name: "Verify the log" }).click();
  await expect(page.getByRole("alert")).toHaveText("2 places are not what was recorded.");
  await expect(page.getByRole("row", { name: /Altered sourceRequest-NL-1001 3 4711/ })).toBeVisible();
  await expect(page.getByText("And 1 more")).toBeVisible();
  await picture(page, "63-integrity-broken");
});

test("partners search what was done on their requests, quality control nothing", async ({ page, signIn }) => {
  await signIn("demo-juniper");
  await page.goto("/audit");
  await expect(page.locator("li:has(> time)").first()).toBeVisible();
  await expect(page.getByRole("link", { name: "Integrity" })).toHaveCount(0);
  await page.goto("/audit/integrity");
  await expect(page.getByRole("heading", { name: "There is no such page" })).toBeVisible();
  await signIn("demo-qc");
  await page.goto("/audit");
  await expect(page.getByRole("heading", { name: "There is no such page" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Audit" })).toHaveCount(0);
});
