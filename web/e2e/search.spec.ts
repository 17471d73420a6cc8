import { expect, numberOf, picture, test } from "./portal";

test("a URL is the whole search: reloaded, it is the same; the back button goes back", async ({ page, signIn }) => {
  await signIn("demo-operator");
  const url = "/requests?source_type=Subs&-language=Dutch&group=language&groups_sort=-critical&bucket=at_risk&group.language=French&sort=-due_date";
  await page.goto(url);
  const grid = page.getByRole("grid", { name: "At Risk, French" });
  await expect(grid).toBeVisible();
  await expect(page.getByRole("button", { name: "Language is not: Dutch", exact: true })).toBeVisible();
  await expect(page.getByRole("columnheader", { name: "Due Date", exact: true })).toHaveAttribute("aria-sort", "descending");
  await expect(page.getByRole("columnheader", { name: "Critical" })).toHaveAttribute("aria-sort", "descending");
  await page.reload();
  await expect(grid).toBeVisible();

  await page.getByRole("columnheader", { name: "Title" }).getByRole("button").click();
  await expect(page).toHaveURL(/sort=title/);
  await expect(page.getByRole("columnheader", { name: "Title" })).toHaveAttribute("aria-sort", "ascending");
  await page.goBack();
  await expect(page.getByRole("columnheader", { name: "Due Date", exact: true })).toHaveAttribute("aria-sort", "descending");
});

test("removing a pill waits for Enter", async ({ page, signIn }) => {
  await signIn("demo-operator");
  await page.goto("/requests?language=French&status=Open");
  const before = await numberOf(page, /Requests, All$/);
  await page.getByRole("button", { name: "Remove Language: French" }).click();
  await expect(page).toHaveURL(/language=French/);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/requests\?status=Open$/);
  await expect(async () => expect(await numberOf(page, /Requests, All$/)).toBeGreaterThan(before)).toPass();
});

test("where nothing matches, it says what to drop and what that gives back", async ({ page, signIn }) => {
  await signIn("demo-operator");
  await page.goto("/requests?language=Klingon&status=Open");
  await expect(page.getByRole("heading", { name: "Nothing matches" })).toBeVisible();
  await picture(page, "20-nothing-matches");
  const line = page.getByRole("listitem").filter({ hasText: "Language: Klingon" });
  await expect(line).toContainText(/\d,\d{3}|\d{3}/);
  await line.getByRole("button").click();
  await expect(page).toHaveURL(/requests\?status=Open$/);
  await expect(page.getByRole("button", { name: /Requests, All$/ })).toBeVisible();
});

test("a refused search shows what the server says of it", async ({ page, signIn }) => {
  await signIn("demo-operator");
  await page.goto("/requests?status=Opn");
  await expect(page.getByRole("alert")).toContainText("Opn");
  await expect(page.getByRole("alert")).toContainText("Redelivery Requested");
});

test("numbers that are catching up say so", async ({ page, signIn }) => {
  await signIn("demo-operator");
  await page.route("**/api/v1/live*", (route) => route.abort()); // it would say otherwise
  let stale = true;
  await page.route("**/api/v1/buckets*", async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()), stale } });
  });
  await page.goto("/requests");
  await expect(page.getByText("Data is catching up")).toBeVisible();
  stale = false;
  await expect(page.getByText("Data is catching up")).toHaveCount(0);
});

test("by keyboard alone: from the search to a request and back", async ({ page, signIn }) => {
  await signIn("demo-juniper");
  await page.goto("/requests?bucket=requests");
  const grid = page.getByRole("grid");
  await expect(grid.getByRole("row").nth(2)).toBeVisible();
  await grid.locator("[data-row='0']").focus();
  await page.keyboard.press("j");
  await page.keyboard.press("ArrowDown");
  await expect(grid.locator("[data-row='2']")).toBeFocused();
  await page.keyboard.press("End");
  const last = Number(await grid.getAttribute("aria-rowcount")) - 2;
  await expect(grid.locator(`[data-row='${last}']`)).toBeFocused();
  await page.keyboard.press("Home");
  await expect(grid.locator("[data-row='0']")).toBeFocused();
  // Scrolled away from, it keeps the focus, and the next key goes on from it.
  const scroller = page.getByRole("table", { name: "Buckets" }).locator("..");
  await scroller.evaluate((element) => element.scrollTo(0, 4000));
  await expect(grid.locator("[data-row='130']")).toBeVisible();
  await expect(grid.locator("[data-row='0']")).toBeFocused();
  await page.keyboard.press("j");
  await expect(grid.locator("[data-row='1']")).toBeFocused();
  await expect(grid.locator("[data-row='1']")).toBeInViewport();
  await page.keyboard.press("k");
  await expect(grid.locator("[data-row='0']")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Delivery details" })).toBeVisible();
  await page.goBack();
  await expect(grid).toBeVisible();
  await page.keyboard.press("/");
  await expect(page.getByRole("combobox", { name: "Search" })).toBeFocused();
});

test("a long list keeps few rows in the document, and the row being read in view", async ({ page, signIn }) => {
  await signIn("demo-operator");
  await page.goto("/requests?group=language&bucket=requests&group.language=English&sort=due_date");
  const grid = page.getByRole("grid");
  const total = Number(await grid.getAttribute("aria-rowcount")) - 1;
  expect(total).toBeGreaterThan(200);
  const row = page.getByRole("row", { name: /^English/ });
  const scroller = page.getByRole("table", { name: "Buckets" }).locator("..");
  for (let top = 0; top < total * 32; top += 1500) {
    await scroller.evaluate((element, to) => element.scrollTo(0, to), top);
    await expect(grid.getByRole("link").first()).toBeVisible();
    expect(await grid.getByRole("row").count()).toBeLessThan(80);
    await expect(row).toBeInViewport();
  }
  await scroller.evaluate((element, to) => element.scrollTo(0, to), total * 32 - 300);
  await expect(grid.locator(`[data-row='${total - 1}']`)).toBeVisible();
});

test("before the first search, at most 250 kB of JavaScript are loaded, and all of it is kept", async ({ page, signIn }) => {
  await signIn("demo-juniper");
  const loaded: Promise<number>[] = [];
  page.on("requestfinished", (request) => {
    if (request.resourceType() !== "script") return;
    loaded.push(
      (async () => {
        expect((await request.response())?.headers()["cache-control"]).toContain("immutable");
        return (await request.sizes()).responseBodySize;
      })(),
    );
  });
  await page.goto("/", { waitUntil: "networkidle" });
  await expect(page.getByText(/Press Enter/)).toBeVisible();
  const bytes = (await Promise.all(loaded)).reduce((sum, size) => sum + size, 0);
  expect(bytes).toBeGreaterThan(50_000);
  expect(bytes).toBeLessThan(250_000);
});
