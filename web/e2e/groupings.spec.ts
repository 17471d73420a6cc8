import { ask } from "./asked";
import { expect, moveByKeys, numberOf, picture, test } from "./portal";

const table = "Buckets";

test("groupings change places by dragging and by keys, and the groups with them", async ({ page, signIn }) => {
  await signIn("demo-operator");
  await page.goto("/requests?group=source_type,language");
  await expect(page.getByRole("row", { name: /^Dubs › Arabic/ })).toBeVisible();
  const source = page.getByRole("button", { name: "Move Source Type" });
  const language = page.getByRole("button", { name: "Move Language" });
  // The handles work as soon as what moves them has come.
  await expect(language).toHaveAttribute("aria-roledescription", "sortable");
  const [from, to] = [await language.boundingBox(), await source.boundingBox()];
  await page.mouse.move((from?.x ?? 0) + 6, (from?.y ?? 0) + 12);
  await page.mouse.down();
  await page.mouse.move((to?.x ?? 0) + 30, (to?.y ?? 0) + 12, { steps: 8 });
  await picture(page, "21-grouping-dragged");
  await page.mouse.up();
  await expect(page).toHaveURL(/group=language,source_type/);
  await expect(page.getByRole("row", { name: /^Arabic › Dubs/ })).toBeVisible();

  await language.focus();
  await moveByKeys(page, "ArrowRight");
  await expect(page).toHaveURL(/group=source_type,language/);
  await expect(page.getByRole("row", { name: /^Dubs › Arabic/ })).toBeVisible();
  await page.goBack();
  await expect(page).toHaveURL(/group=language,source_type/);
});

test("groups are found by their names and sorted by a bucket; the URL has both", async ({ page, signIn }) => {
  await signIn("demo-operator");
  await page.goto("/requests?group=language,source_type");
  const groups = page.getByRole("table", { name: table }).getByRole("rowheader");
  await expect(groups.nth(5)).toBeVisible();
  await page.getByRole("textbox", { name: "Find a group" }).fill("french");
  await expect(page).toHaveURL(/groups_q=french/);
  await expect(groups.nth(1)).toHaveText(/^French › /);
  for (const name of (await groups.allInnerTexts()).slice(1)) expect(name).toMatch(/^French › /);

  await page.getByRole("button", { name: "At Risk", exact: true }).click();
  await expect(page).toHaveURL(/groups_sort=-at_risk/);
  await expect(page.getByRole("columnheader", { name: "At Risk" })).toHaveAttribute("aria-sort", "descending");
  const numbers = async () => (await page.locator("[role=cell][data-key=at_risk]").allInnerTexts()).slice(1).map((text) => Number(text.replace(/\D/g, "")));
  await expect(async () => expect(await numbers()).toEqual((await numbers()).toSorted((a, b) => b - a))).toPass();
  expect(new Set(await numbers()).size).toBeGreaterThan(1);
  await picture(page, "22-groups-found");
  await page.reload();
  await expect(page.getByRole("textbox", { name: "Find a group" })).toHaveValue("french");

  await page.getByRole("textbox", { name: "Find a group" }).fill("klingon");
  await expect(page.getByText("No group has “klingon” in its name.")).toBeVisible();
  await page.getByRole("button", { name: "Show all groups" }).click();
  await expect(page).not.toHaveURL(/groups_q/);
  await expect(groups.nth(5)).toBeVisible();
});

test("a link to a group far below shows it with its rows", async ({ page, portal, signIn }) => {
  type Groups = { groups: { key: { title: string }; buckets: { requests: number } }[] };
  const { groups } = await ask<Groups>(portal.url, "demo-operator", "/api/v1/buckets?group=title");
  const last = groups.findLast((group) => group.buckets.requests > 0)?.key.title ?? "";
  expect(groups.length).toBeGreaterThan(30);
  await signIn("demo-operator");
  await page.goto("/requests?" + new URLSearchParams({ group: "title", bucket: "requests", "group.title": last }).toString());
  await expect(page.getByRole("grid").getByRole("row").nth(1)).toBeInViewport();
  await expect(page.getByRole("rowheader", { name: last })).toBeInViewport();
});

test("a thousand groups are a few in the document, and the arrows go from number to number", async ({ page, signIn }) => {
  await signIn("demo-operator");
  await page.goto("/requests?group=package,language,source_type");
  const find = page.getByRole("textbox", { name: "Find a group" });
  await expect(find).toHaveAttribute("placeholder", /^Find in [\d,]{3,} groups$/);
  const total = Number((await find.getAttribute("placeholder"))?.replace(/\D/g, ""));
  expect(total).toBeGreaterThan(900);
  const scroller = page.getByRole("table", { name: table }).locator("..");
  for (const share of [0.25, 0.5, 0.75, 1]) {
    await scroller.evaluate((element, to) => element.scrollTo(0, element.scrollHeight * to), share);
    await expect(page.getByRole("row").nth(10)).toBeVisible();
    expect(await page.getByRole("row").count()).toBeLessThan(60);
  }
  await scroller.evaluate((element) => element.scrollTo(0, 0));
  const first = page.getByRole("button", { name: /Requests, All$/ });
  await first.focus();
  await page.keyboard.press("ArrowRight");
  await expect(page.getByRole("button", { name: /Critical, All$/ })).toBeFocused();
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowDown");
  await expect(page.locator("[data-entry='1'][data-bucket=requests]")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/bucket=requests&.*group\.package=/);
});

test("a bucket says by which rule it counts", async ({ page, signIn }) => {
  await signIn("demo-operator");
  await page.goto("/requests");
  expect(await numberOf(page, /Requests, All$/)).toBeGreaterThan(0);
  await page.getByRole("columnheader", { name: "Critical" }).locator("[tabindex]").focus();
  await expect(page.getByRole("tooltip")).toContainText("2 days or fewer are left; a redelivery was asked for more than 48 hours ago");
});
