import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { expect, numberOf, picture, test } from "./portal";

const bar = (page: Page) => page.getByRole("region", { name: "Selected requests" });
const box = (page: Page, index: number) => page.locator(`[data-row='${index}']`).getByRole("checkbox");

test("rows are chosen one by one, by ranges past what was loaded, all of a list, and all that matches", async ({ page, signIn }) => {
  await signIn("demo-operator");
  await page.goto("/requests?group=language&bucket=requests&group.language=English&sort=due_date");
  const total = await numberOf(page, /Requests, English$/);
  expect(total).toBeGreaterThan(230);
  await box(page, 1).click();
  await expect(bar(page)).toContainText("1 selected");
  await page.locator("[data-row='1']").press("End");
  await expect(page.locator(`[data-row='${total - 1}']`)).toBeFocused();
  // The rows in between were never in view.
  await box(page, total - 1).click({ modifiers: ["Shift"] });
  await expect(bar(page)).toContainText(`${total - 1} selected`);
  await expect(page.getByRole("checkbox", { name: /^Select everything/ })).toHaveJSProperty("indeterminate", true);
  await box(page, total - 2).click();
  await expect(bar(page)).toContainText(`${total - 2} selected`);
  await picture(page, "27-chosen");

  await bar(page).getByRole("button", { name: `Select all ${total} in this list` }).click();
  await expect(bar(page)).toContainText(`${total} selected`);
  await box(page, total - 3).click();
  await expect(bar(page)).toContainText(`${total - 1} selected`);
  await bar(page).getByRole("button", { name: /^All [\d,]+ matched$/ }).click();
  const matched = Number((await bar(page).getByRole("status").innerText()).replace(/\D/g, ""));
  expect(matched).toBeGreaterThan(1000);
  // Another order keeps it, another search does not.
  await page.getByRole("columnheader", { name: "Title" }).getByRole("button").click();
  await expect(page).toHaveURL(/sort=title/);
  await expect(bar(page)).toBeVisible();
  await page.getByRole("button", { name: "Clear the selection" }).click();
  await expect(bar(page)).toHaveCount(0);

  await page.locator("[data-row]").last().press("Home");
  await expect(page.locator("[data-row='0']")).toBeFocused();
  await expect(box(page, 2)).toBeEnabled();
  await page.keyboard.press("x");
  await page.keyboard.press("Shift+ArrowDown");
  await page.keyboard.press("Shift+ArrowDown");
  await expect(bar(page)).toContainText("3 selected");
  await page.keyboard.press("/");
  await page.keyboard.type("status:open");
  await expect(page.getByRole("option", { name: /^Open \d/ })).toBeVisible();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/status=Open/);
  await expect(bar(page)).toHaveCount(0);
});

test("what is chosen is exported in the columns and the order of the list", async ({ page, signIn }) => {
  await signIn("demo-juniper");
  await page.goto("/requests?bucket=requests&sort=-title");
  await box(page, 0).click();
  await box(page, 2).click();
  // The list shortens titles; the tooltips have them whole.
  const titleOf = async (index: number) => {
    const cell = page.locator(`[data-row='${index}'] [data-column=title]`);
    await cell.hover();
    return await cell.getAttribute("title");
  };
  const titles = [await titleOf(0), await titleOf(2)];
  await page.getByRole("button", { name: "Export" }).click();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("menuitem", { name: /csv/ }).click()]);
  expect(download.suggestedFilename()).toMatch(/^backlot-requests-.*\.csv$/);
  const lines = readFileSync((await download.path()) ?? "", "utf8").trim().split(/\r?\n/);
  expect(lines).toHaveLength(3);
  expect(lines[0]).toMatch(/title.*source.type.*language.*due.date/i);
  expect(lines[1]).toContain(titles[0]);
  expect(lines[2]).toContain(titles[1]);

  await page.getByRole("checkbox", { name: /^Select everything/ }).click();
  await page.getByRole("button", { name: "Export" }).click();
  const [workbook] = await Promise.all([page.waitForEvent("download"), page.getByRole("menuitem", { name: /xlsx/ }).click()]);
  expect(readFileSync((await workbook.path()) ?? "").subarray(0, 2).toString()).toBe("PK");
});

test("requests are cancelled and what was cancelled is brought back", async ({ page, signIn }) => {
  await signIn("demo-operator");
  await page.goto("/requests?language=Thai&bucket=requests");
  const before = await numberOf(page, /Requests, All$/);
  expect(before).toBeGreaterThan(10);
  for (const index of [0, 1, 2]) await box(page, index).click();
  await bar(page).getByRole("button", { name: "Cancel the request" }).click();
  await page.getByRole("dialog").getByLabel("Reason (optional)").fill("the title was withdrawn");
  await page.getByRole("dialog").getByRole("button", { name: "Cancel 3 requests" }).click();
  const job = page.getByRole("group", { name: "Cancellation" });
  await expect(job).toContainText("3 changed");
  await expect(page.getByRole("button", { name: `${before - 3} Requests, All` })).toBeVisible();
  await picture(page, "28-cancelled");
  await job.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByRole("group", { name: "Reinstatement" })).toContainText("3 changed");
  await expect(page.getByRole("button", { name: `${before} Requests, All` })).toBeVisible();
});

test("dates move one for each with a reason, and back", async ({ page, signIn }) => {
  await signIn("demo-operator");
  await page.goto("/requests?language=Hindi&bucket=on_track&sort=request_id");
  const dates = () => page.locator("[data-column=estimated_delivery_date]").evaluateAll((all) => all.slice(0, 3).map((one) => one.textContent));
  await expect(box(page, 2)).toBeEnabled();
  const before = await dates();
  for (const index of [0, 1, 2]) await box(page, index).click();
  await page.keyboard.press("e");
  const dialog = page.getByRole("dialog");
  await dialog.getByText("A date for each").click();
  await dialog.getByLabel(/^Estimated delivery date of/).nth(0).fill("2028-02-01");
  await dialog.getByLabel(/^Estimated delivery date of/).nth(2).fill("2028-02-03");
  await expect(dialog.getByRole("button", { name: "Move 2 dates" })).toBeDisabled();
  await dialog.getByLabel("Reason").fill("the mix is recalled");
  await picture(page, "29-dates");
  await dialog.getByRole("button", { name: "Move 2 dates" }).click();
  const job = page.getByRole("group", { name: "Estimated delivery date" });
  await expect(job).toContainText("2 changed");
  // Behind their due dates, they are in another bucket; moved back, they are as they were.
  await expect.poll(dates).not.toEqual(before);
  await job.getByRole("button", { name: "Move back" }).click();
  await expect(job).toContainText("2 changed");
  await expect.poll(dates).toEqual(before);
  await page.locator("[data-row='0']").press("Enter");
  await page.getByRole("link", { name: "History" }).click();
  await expect(page.getByText("Taken back: the mix is recalled")).toBeVisible();
});

test("what was refused is listed with the reason", async ({ page, signIn }) => {
  await signIn("demo-qc");
  await page.goto("/requests?status=Upgraded&status=Processed&status=Delivered&status=Redelivery+Requested&bucket=all&sort=-status");
  await expect(box(page, 0)).toBeEnabled();
  await page.getByRole("checkbox", { name: /^Select everything/ }).click();
  await bar(page).getByRole("button", { name: "Ask for redelivery" }).click();
  await page.getByRole("dialog").getByLabel("Reasons").fill("wrong language tag");
  await page.getByRole("dialog").getByRole("button", { name: "Ask for redelivery" }).click();
  const job = page.getByRole("group", { name: "Redelivery" });
  await expect(job).toContainText(/\d+ refused/);
  await job.getByRole("button", { name: "Why?" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("listitem").first()).toContainText(/\w/);
  await expect(dialog.getByRole("link").first()).toHaveAttribute("href", /^\/requests\//);
  await picture(page, "31-refused");
});

test("nobody is offered what their role may not do", async ({ page, signIn }) => {
  const offered = async (token: string) => {
    await page.context().clearCookies();
    await signIn(token);
    await page.goto("/requests?bucket=all&status=All");
    await box(page, 0).click();
    await expect(bar(page)).toBeVisible();
    return bar(page).getByRole("button").evaluateAll((all) => all.map((one) => one.getAttribute("aria-label") ?? one.textContent ?? "").filter((name) => !/^(Select all|All|Clear)/.test(name)));
  };
  expect(await offered("demo-auditor")).toEqual(["Export", "Download materials"]);
  expect(await offered("demo-halden")).toEqual(["Export", "Download materials", "Provide materials", "Comment"]);
  expect(await offered("demo-qc")).toEqual(["Export", "Download materials", "Comment", "Ask for redelivery"]);
  expect(await offered("demo-juniper")).toEqual(["Export", "Download materials", "Deliver", "Comment", "Move the estimated delivery date", "Change the material status", "Edit", "Say who is responsible"]);
});

test("an edit of many, by a partner, of what it may set", async ({ page, signIn }) => {
  await signIn("demo-juniper");
  await page.goto("/requests?service_type=Unknown&bucket=requests");
  await box(page, 0).click();
  await box(page, 1).click({ modifiers: ["Shift"] });
  await bar(page).getByRole("button", { name: "Edit" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("combobox", { name: "Service Type" }).click();
  await page.getByRole("option", { name: "Conform" }).click();
  await dialog.getByRole("button", { name: "Set 1 field" }).click();
  await expect(page.getByRole("group", { name: "Edit" })).toContainText("2 changed");
});

test("many are assigned to a partner, whose people say who is responsible; what was refused is told with why", async ({ page, signIn }) => {
  await signIn("demo-operator");
  const first = async (query: string) => ((await (await page.request.get(`/api/v1/requests?limit=1&sort=-due_date&${query}`)).json()) as { rows: { request_id: string }[] }).rows[0]?.request_id ?? "";
  const [free, ours] = [await first("status=Open&-fulfillment_partner=Juniper+Post"), await first("status=Open&fulfillment_partner=Juniper+Post")];
  const [cancelled, upgraded] = [await first("status=Cancelled"), await first("status=Upgraded&fulfillment_partner=Juniper+Post")];
  const choose = async (...ids: string[]) => {
    await page.goto("/requests?status=All&bucket=all&" + ids.map((id) => "request_id=" + id).join("&"));
    await page.getByRole("checkbox", { name: /^Select everything/ }).click();
    await expect(bar(page)).toContainText(`${ids.length} selected`);
  };
  const dialog = page.getByRole("dialog");
  await choose(free, ours, cancelled, upgraded);
  await bar(page).getByRole("button", { name: "Assign" }).click();
  await dialog.getByRole("combobox", { name: "Fulfillment Partner" }).click();
  await page.getByRole("option", { name: "Juniper Post" }).click();
  await picture(page, "32-assign");
  await dialog.getByRole("button", { name: "Assign" }).click();
  const assigned = page.getByRole("group", { name: "Assignment" });
  await expect(assigned).toContainText("1 changed");
  await assigned.getByRole("button", { name: "Why?" }).click();
  await expect(dialog.getByRole("listitem").filter({ hasText: "Cancelled" }).getByRole("link", { name: cancelled })).toBeVisible();
  await picture(page, "33-assign-refused");
  await page.keyboard.press("Escape");
  // Its page tells the same, also to who comes later.
  await page.goto("/jobs");
  await page.getByRole("link", { name: "Assign", exact: true }).first().click();
  await expect(page.locator("dl")).toHaveText(/^1Changed|Changed1/);
  await expect(page.getByRole("row", { name: cancelled })).toContainText("A request that is Cancelled does not let anybody assign.");
  await picture(page, "34-assign-job");

  await page.context().clearCookies();
  await signIn("demo-juniper");
  await choose(free, upgraded);
  await bar(page).getByRole("button", { name: "Say who is responsible" }).click();
  await expect(dialog.getByRole("combobox", { name: "Responsible" })).toHaveValue(/June Adeyemi/);
  await expect(page.getByRole("option")).toHaveCount(0); // nothing covers the button
  await dialog.getByRole("button", { name: "Save" }).click();
  const told = page.getByRole("group", { name: "Responsible" });
  await expect(told).toContainText("1 changed · 1 refused");
  await told.getByRole("button", { name: "Why?" }).click();
  await expect(dialog.getByRole("link", { name: upgraded })).toBeVisible();
});
