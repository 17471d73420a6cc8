import { expect, moveByKeys, numberOf, picture, test } from "./portal";

test("a first day: sign in, search, group, open, comment, and find it in the history", async ({ page, portal }) => {
  const counted: string[] = [];
  page.on("request", (request) => {
    if (request.url().includes("/api/v1/buckets")) counted.push(request.url());
  });

  await page.goto("/");
  await picture(page, "01-sign-in");
  await page.getByRole("button", { name: /Juniper Post/ }).click();

  // Nothing is loaded before the first search, and the page says what to do.
  await expect(page.getByText(/Press Enter to see everything that is yours/)).toBeVisible();
  await expect(page.getByText("Fulfillment Partner: Juniper Post")).toBeVisible();
  expect(counted).toEqual([]);
  await picture(page, "02-landing");

  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(portal.url + "/requests");
  const all = await numberOf(page, /Requests, All$/);
  expect(all).toBeGreaterThan(100);
  const parts = (await numberOf(page, /Critical, All$/)) + (await numberOf(page, /At Risk, All$/)) + (await numberOf(page, /On Track, All$/));
  expect(parts).toBe(all);
  await picture(page, "03-everything");

  // A modifier, by its name, with its help; then a value, with its count.
  await page.keyboard.press("/");
  await page.keyboard.type("sour");
  await expect(page.getByRole("option", { name: /Source Type.*kind of asset/ })).toBeVisible();
  await picture(page, "04-modifiers");
  await page.keyboard.press("Enter");
  await page.keyboard.type("dub");
  await expect(page.getByRole("option", { name: /^Dubs \d/ })).toBeVisible();
  await picture(page, "05-values");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Escape");

  // A free-text date explains itself.
  await page.keyboard.press("/");
  await page.keyboard.type("due date: next 60 days");
  await expect(page.getByRole("search").or(page.locator("body")).getByText(/, 60 days/).first()).toBeVisible();
  await picture(page, "06-date");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/source_type=Dubs&due_date=next\+60\+days/);
  await expect.poll(() => numberOf(page, /Requests, All$/)).toBeLessThan(all);
  expect(await numberOf(page, /Requests, All$/)).toBeGreaterThan(0);

  // Groups, one and then two; the order is that of the URL.
  await page.getByRole("button", { name: "Add a grouping" }).click();
  await page.getByRole("menuitem", { name: "Language" }).click();
  await expect(page.getByRole("row", { name: /French/ })).toBeVisible();
  await page.getByRole("button", { name: "Add a grouping" }).click();
  await page.getByRole("menuitem", { name: "Due Month" }).click();
  await expect(page).toHaveURL(/group=language,due_month/);
  await picture(page, "07-two-groups");
  await page.getByRole("button", { name: "Do not group by Due Month" }).click();

  // A number opens its requests.
  const group = page.getByRole("button", { name: /Requests, French$/ });
  const expected = Number(await group.innerText());
  await group.click();
  await expect(group).toHaveAttribute("aria-expanded", "true");
  await expect(page).toHaveURL(/bucket=requests&group\.language=French/);
  const grid = page.getByRole("grid", { name: "Requests, French" });
  await expect(grid).toHaveAttribute("aria-rowcount", String(expected + 1));
  await picture(page, "08-open-bucket");

  // The columns as this person wants them.
  await page.getByRole("button", { name: "Choose the columns" }).click();
  await page.getByRole("button", { name: "Move Language" }).focus();
  await moveByKeys(page, "ArrowUp");
  await expect(grid.getByRole("columnheader").nth(2)).toHaveAccessibleName("Language");
  await picture(page, "08a-columns");
  await page.keyboard.press("Escape");

  // The search as a template, and as a bookmark.
  await page.getByRole("button", { name: "Save or load a template" }).click();
  await page.getByLabel("Name of the template").fill("Dubs of two months");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("This is the template “Dubs of two months”")).toBeVisible();
  await picture(page, "08b-template");
  await page.keyboard.press("Escape");
  const search = page.url();
  await page.goto("/");
  await page.goto(search);
  await expect(grid.getByRole("columnheader").nth(2)).toHaveAccessibleName("Language");

  // What can be done to one request, and to several at once.
  await page.locator("[data-row='0']").hover();
  await grid.getByRole("button", { name: "More actions" }).first().click();
  await expect(page.getByRole("menu")).toBeVisible();
  await picture(page, "08c-row-actions");
  await page.keyboard.press("Escape");
  await grid.getByRole("checkbox").nth(1).click();
  await grid.getByRole("checkbox").nth(2).click();
  const bar = page.getByRole("region", { name: "Selected requests" });
  await bar.getByRole("button", { name: "Change the material status" }).click();
  await page.getByRole("dialog").getByLabel("Received", { exact: true }).check();
  await picture(page, "08d-bulk");
  await page.getByRole("dialog").getByRole("button", { name: "Change" }).click();
  await expect(page.getByRole("group", { name: "Material status" })).toContainText("2 changed");
  await picture(page, "08e-done");
  await bar.getByRole("button", { name: "Clear the selection" }).click();

  // A row opens its request.
  const row = grid.getByRole("row").nth(1);
  const title = await row.getByRole("link").first().getAttribute("href");
  await row.click();
  await expect(page).toHaveURL(portal.url + title);
  await expect(page.getByRole("heading", { name: "Delivery details" })).toBeVisible();
  await picture(page, "09-details");

  await page.getByRole("link", { name: /^Comments/ }).click();
  const words = `The mix arrives on Thursday, ${Date.now()}.`;
  await page.getByLabel("Add a comment").fill(words);
  await page.getByRole("button", { name: "Comment", exact: true }).click();
  await expect(page.getByRole("listitem").filter({ hasText: words })).toBeVisible();
  await expect(page.getByLabel("Add a comment")).toHaveValue("");
  await picture(page, "10-comments");

  await page.getByRole("link", { name: "History" }).click();
  await expect(page.getByText(words)).toBeVisible();
  await picture(page, "11-history");

  // The past: the comment is not there yet, and nothing can be changed.
  await page.getByRole("button", { name: /Show the request as it was/ }).last().click();
  await expect(page.getByText(/This is the past/)).toBeVisible();
  await picture(page, "12-past");
  await page.getByRole("link", { name: /^Comments/ }).click();
  await expect(page.getByText("Nobody had said anything yet.")).toBeVisible();
  await expect(page.getByLabel("Add a comment")).toHaveCount(0);
  await page.getByRole("button", { name: "Back to the present" }).click();
  await expect(page.getByText(words)).toBeVisible();

  // The way back leads to the search, open as it was.
  await page.getByRole("main").getByRole("link", { name: /Source Management/ }).click();
  await expect(page).toHaveURL(search);
  await expect(grid).toBeVisible();
});
