import { expect, moveByKeys, picture, test } from "./portal";

test("a row's icons come when it is pointed at or has the focus, and offer what the role may do", async ({ page, signIn }) => {
  await signIn("demo-juniper");
  await page.goto("/requests?bucket=at_risk");
  const grid = page.getByRole("grid");
  const row = grid.locator("[data-row='1']");
  await expect(row.getByText(/^(No materials|Materials rejected|EDD after|Redelivery asked)/)).toBeVisible();
  const more = row.getByRole("button", { name: "More actions" });
  await expect(more).toHaveCount(0);
  await row.hover();
  await expect(more).toBeVisible();
  await page.mouse.move(0, 0);
  await expect(more).toHaveCount(0);
  await row.focus();
  await expect(more).toBeVisible();
  await page.keyboard.press("Tab"); // the check box
  await page.keyboard.press("Tab");
  await expect(row.getByRole("link", { name: "Details" })).toBeFocused();
  await more.click();
  const menu = page.getByRole("menu");
  await expect(menu.getByRole("menuitem", { name: /Move the estimated delivery date/ })).toBeVisible();
  await expect(menu.getByRole("menuitem", { name: /Cancel the request/ })).toHaveCount(0);
  await picture(page, "23-row-menu");
  await page.keyboard.press("Escape");
  await expect(row).toBeFocused();
  const href = await row.getByRole("link", { name: "Details" }).getAttribute("href");
  await row.getByRole("link", { name: "Details" }).click();
  await expect(page).toHaveURL(new RegExp(href + "$"));
});

test("an action on one request, by its key", async ({ page, signIn }) => {
  await signIn("demo-juniper");
  await page.goto("/requests?bucket=on_track&sort=-title");
  await expect(page.locator("[data-row='3']").getByRole("link").first()).toBeVisible();
  await page.locator("[data-row='3']").focus();
  await page.keyboard.press("c");
  await page.getByRole("dialog").getByLabel("Comment").fill("Said from the list");
  await page.getByRole("dialog").getByRole("button", { name: "Comment" }).click();
  await expect(page.getByRole("group", { name: "Comment" })).toContainText("1 changed");
  await page.locator("[data-row='3']").press("Enter");
  await page.getByRole("link", { name: /^Comments/ }).click();
  await expect(page.getByText("Said from the list")).toBeVisible();
});

test("columns are chosen, moved and sized, and stay so in this browser", async ({ page, signIn }) => {
  await signIn("demo-operator");
  await page.goto("/requests?bucket=requests");
  const heads = () => page.getByRole("grid").getByRole("columnheader").evaluateAll((all) => all.map((one) => one.getAttribute("aria-label")).filter((name) => name !== null));
  await expect.poll(heads).toEqual(["Title", "Source Type", "Language", "Fulfillment Partner", "Due Date", "Estimated Delivery Date", "Material Status", "Status", "Why"]);
  await page.getByRole("button", { name: "Choose the columns" }).click();
  const panel = page.getByRole("dialog", { name: "Columns" });
  await panel.getByRole("checkbox", { name: "Material Status" }).uncheck();
  await panel.getByRole("checkbox", { name: "Countries" }).check();
  await panel.getByRole("button", { name: "Move Due Date" }).focus();
  await moveByKeys(page, "ArrowUp", "ArrowUp", "ArrowUp", "ArrowUp");
  const arranged = ["Due Date", "Title", "Source Type", "Language", "Fulfillment Partner", "Estimated Delivery Date", "Status", "Why", "Countries"];
  await expect.poll(heads).toEqual(arranged);
  await picture(page, "24-columns");

  // By the pointer as well: Language before Title.
  const [from, to] = [await panel.getByRole("button", { name: "Move Language" }).boundingBox(), await panel.getByRole("button", { name: "Move Title" }).boundingBox()];
  await page.mouse.move((from?.x ?? 0) + 8, (from?.y ?? 0) + 8);
  await page.mouse.down();
  await page.mouse.move((to?.x ?? 0) + 8, (to?.y ?? 0) + 6, { steps: 8 });
  await page.mouse.up();
  arranged.splice(1, 3, "Language", "Title", "Source Type");
  await expect.poll(heads).toEqual(arranged);
  await page.keyboard.press("Escape");

  const title = page.getByRole("columnheader", { name: "Title" });
  const width = async () => Math.round((await title.boundingBox())?.width ?? 0);
  const before = await width();
  await page.getByRole("separator", { name: "Width of Title" }).focus();
  for (let i = 0; i < 5; i++) await page.keyboard.press("ArrowRight");
  await expect.poll(width).toBe(before + 40);

  // Another search, the same columns.
  await page.goto("/requests?language=French&bucket=requests&sort=title");
  await expect.poll(heads).toEqual(arranged);
  await expect.poll(width).toBe(before + 40);
  await page.getByRole("button", { name: "Choose the columns" }).click();
  await page.getByRole("button", { name: "Reset" }).click();
  await expect.poll(heads).toContain("Material Status");
});

test("100,000 rows scroll from end to end with few nodes in the document, and no page is asked for twice", async ({ page, signIn }) => {
  await signIn("demo-operator");
  const total = 100_000;
  const answer = await page.request.get("/api/v1/requests?limit=1");
  const sample = ((await answer.json()) as { rows: object[] }).rows[0];
  const asked: number[] = [];
  await page.route("**/api/v1/live*", (route) => route.abort()); // it knows nothing of rows that are made up
  await page.route("**/api/v1/buckets*", async (route) => {
    const real = await route.fetch();
    const body = (await real.json()) as { buckets: object };
    await route.fulfill({ response: real, json: { ...body, matched: total, buckets: { ...body.buckets, requests: total } } });
  });
  await page.route("**/api/v1/requests?*", async (route) => {
    const query = new URL(route.request().url()).searchParams;
    const [offset, limit] = [Number(query.get("offset")), Number(query.get("limit"))];
    asked.push(offset);
    const rows = Array.from({ length: Math.min(limit, total - offset) }, (_, i) => ({ ...sample, request_id: `r${offset + i}`, title: `Title ${offset + i}` }));
    await route.fulfill({ json: { position: "1", stale: false, now: "2026-11-24T00:00:00Z", total, rows, next: null, near_miss: false, warnings: [] } });
  });
  await page.goto("/requests?bucket=requests");
  await expect(page.getByText("Title 0", { exact: true })).toBeVisible();
  const scroller = page.getByRole("table", { name: "Buckets" }).locator("..");
  // As fast as frames go, in steps of some forty screens.
  const most = await scroller.evaluate(async (element) => {
    let nodes = 0;
    for (let top = 0; top < element.scrollHeight; top += 30_000) {
      element.scrollTo(0, top);
      await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
      nodes = Math.max(nodes, document.querySelectorAll("*").length);
    }
    element.scrollTo(0, element.scrollHeight);
    return nodes;
  });
  await expect(page.getByText(`Title ${total - 1}`, { exact: true })).toBeVisible();
  expect(most).toBeLessThan(2500);
  expect(asked.length).toBeGreaterThan(10);
  expect(new Set(asked).size).toBe(asked.length);
});

test("scrolling takes neither the focus nor what is chosen, and a cell's tooltip has its whole value", async ({ page, signIn }) => {
  await signIn("demo-operator");
  await page.goto("/requests?bucket=requests&sort=request_id");
  await expect(page.locator("[data-row='2']").getByRole("link")).toBeVisible();
  await page.locator("[data-row='2']").getByRole("checkbox").click();
  const focused = () => page.evaluate(() => (document.activeElement as HTMLElement | null)?.dataset.row);
  const scroller = page.getByRole("table", { name: "Buckets" }).locator("..");
  // A screen each frame to the end, and back until the row that was left is out of view still.
  for (const to of ["end", "middle"]) {
    await scroller.evaluate(async (element, end) => {
      const until = end ? element.scrollHeight - element.clientHeight : 1500;
      while (Math.abs(element.scrollTop - until) > 1) {
        element.scrollTop += Math.max(-700, Math.min(700, until - element.scrollTop));
        await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
      }
    }, to === "end");
    expect(await focused()).toBe("2");
  }
  await expect(page.locator("[data-row='2']")).not.toBeInViewport();
  const rowsInOrder = () => page.locator("[data-row]").evaluateAll((all) => all.map((one) => Number((one as HTMLElement).dataset.row)));
  await expect.poll(rowsInOrder).toEqual((await rowsInOrder()).toSorted((a, b) => a - b));
  // The keys go on where they were.
  await page.keyboard.press("ArrowDown");
  await expect(page.locator("[data-row='3']")).toBeFocused();
  await expect(page.locator("[data-row='3']")).toBeInViewport();
  await expect(page.locator("[data-row='2']").getByRole("checkbox")).toBeChecked();
  await expect(page.getByRole("region", { name: "Selected requests" })).toContainText("1");
  const cell = page.locator("[data-row='4'] [data-column=due_date]");
  await cell.hover();
  await expect(cell).toHaveAttribute("title", await cell.innerText());
});

test("without a connection the page says so, and goes on when it is back", async ({ page, signIn }) => {
  await signIn("demo-juniper");
  await page.goto("/requests?bucket=requests");
  await expect(page.getByRole("grid")).toBeVisible();
  await page.context().setOffline(true);
  await expect(page.getByText(/You are offline/)).toBeVisible();
  await picture(page, "25-offline");
  await page.context().setOffline(false);
  await expect(page.getByText(/You are offline/)).toHaveCount(0);
});

test("compact rows are 24 pixels high, also after a reload, and the palette takes them back", async ({ page, signIn }) => {
  await signIn("demo-juniper");
  await page.goto("/requests?bucket=requests");
  const row = page.locator("[data-row='1']");
  const second = page.locator("[data-row='2']");
  const step = async () => ((await second.boundingBox())?.y ?? 0) - ((await row.boundingBox())?.y ?? 0);
  await expect(second).toBeVisible();
  expect(await step()).toBe(32);
  await page.getByRole("button", { name: "Choose the columns" }).click();
  await page.getByRole("switch", { name: "Compact rows" }).click({ force: true });
  await expect.poll(step).toBe(24);
  await picture(page, "53-compact");
  await page.reload();
  await expect(second).toBeVisible();
  expect(await step()).toBe(24);
  // The end of the list is where its rows end.
  await row.focus();
  await page.keyboard.press("End");
  const total = Number(await page.getByRole("grid").getAttribute("aria-rowcount")) - 2;
  await expect(page.locator(`[data-row='${total}']`)).toBeInViewport();
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("dialog").getByRole("combobox")).toBeFocused();
  await page.keyboard.type("usual height");
  await expect(page.getByRole("option", { name: "Rows of the usual height" })).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Enter");
  await expect(page.locator("html")).toHaveAttribute("data-rows", "usual");
});
