import type { BrowserContext, Page } from "@playwright/test";
import { expect, numberOf, startPortal, test } from "./portal";

// A portal of its own: other tests count on the numbers of theirs.
let url: string;
let stop: () => Promise<void>;
test.beforeAll(async () => {
  ({ url, stop } = await startPortal());
});
test.afterAll(() => stop());

/** How many live streams the server has. */
async function streams(): Promise<number> {
  const text = await (await fetch(url + "/metrics")).text();
  return Number(/^backlot_live_streams (\d+)$/m.exec(text)?.[1] ?? NaN);
}

/** Somebody else, at the API. */
async function act(path: string, body: unknown, method = "POST", headers: Record<string, string> = {}): Promise<void> {
  const command = {
    method,
    headers: { Authorization: "Bearer demo-operator", "Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID(), ...headers },
    body: JSON.stringify(body),
  };
  const answer = await fetch(url + "/api/v1" + path, command);
  expect(answer.status, await answer.text()).toBeLessThan(300);
}

async function list(query: string): Promise<{ request_id: string }[]> {
  const answer = await fetch(url + "/api/v1/requests?" + query, { headers: { Authorization: "Bearer demo-operator" } });
  return (await answer.json()).rows;
}

async function signIn(context: BrowserContext): Promise<void> {
  const answer = await context.request.post(url + "/api/v1/session", { data: { token: "demo-operator" }, headers: { Origin: url } });
  expect(answer.status()).toBe(200);
}

/** As if the tab went behind another one: Chromium without a window never hides any. */
async function hide(page: Page, hidden: boolean): Promise<void> {
  await page.evaluate((is) => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => is });
    Object.defineProperty(document, "visibilityState", { configurable: true, get: () => (is ? "hidden" : "visible") });
    document.dispatchEvent(new Event("visibilitychange"));
  }, hidden);
}

test("as others work, numbers and rows change in every tab, over one stream, and nothing moves", async ({ context, page }) => {
  await signIn(context);
  const query = "status=Open&bucket=requests&sort=title";
  await page.goto(url + "/requests?" + query);
  const other = await context.newPage();
  await other.goto(url + "/requests?status=Open&group=source_type");
  for (const tab of [page, other]) await expect(tab.getByText("live", { exact: true })).toBeVisible();
  await expect.poll(streams).toBe(1);

  // Somewhere in the middle of the list, with a row in focus.
  const grid = page.getByRole("grid");
  const scroller = page.getByRole("table", { name: "Buckets" }).locator("..");
  await scroller.evaluate((element) => element.scrollTo(0, 64 * 32));
  const row = grid.locator("[data-row='70']");
  await expect(row.getByRole("link").first()).toBeVisible();
  await row.focus();
  await page.keyboard.press("x");
  await expect(row).toHaveAttribute("aria-selected", "true");
  const top = await scroller.evaluate((element) => element.scrollTop);
  const rows = await list("status=Open&sort=title&limit=100");
  const beside = rows[71];
  if (beside === undefined) throw new Error("the demo has fewer requests than this test wants");
  const shown = grid.locator("[data-row='71']");
  await expect(shown.getByRole("link").first()).toHaveAttribute("href", "/requests/" + beside.request_id);

  // A field changes in place.
  const read = await fetch(url + "/api/v1/requests/" + beside.request_id, { headers: { Authorization: "Bearer demo-operator" } });
  await act("/requests/" + beside.request_id, { language: "Klingon" }, "PATCH", { "If-Match": read.headers.get("ETag") ?? "" });
  await expect(shown).toContainText("Klingon");
  await expect(row).toBeFocused();
  await expect(row).toHaveAttribute("aria-selected", "true");
  expect(await scroller.evaluate((element) => element.scrollTop)).toBe(top);

  // One that is far below leaves: the numbers of both tabs say so.
  const [mine, theirs] = [await numberOf(page, /Requests, All$/), await numberOf(other, /Requests, All$/)];
  const last = (await list("status=Open&sort=-title&limit=1"))[0];
  await act("/requests/" + last?.request_id + "/cancel", { reason: "Withdrawn" });
  await expect.poll(() => numberOf(page, /Requests, All$/)).toBe(mine - 1);
  await expect.poll(() => numberOf(other, /Requests, All$/)).toBe(theirs - 1);
  await expect(grid).toHaveAttribute("aria-rowcount", String(mine));
  await expect(row).toBeFocused();
  await expect(row).toHaveAttribute("aria-selected", "true");
  expect(await scroller.evaluate((element) => element.scrollTop)).toBe(top);
  expect(await streams()).toBe(1);

  // A hidden tab has none; the one that is left keeps its own.
  await hide(page, true);
  await act("/requests/" + (await list("status=Open&sort=-title&limit=1"))[0]?.request_id + "/cancel", { reason: "Withdrawn" });
  await expect.poll(() => numberOf(other, /Requests, All$/)).toBe(theirs - 2);
  await expect(other.getByText("live", { exact: true })).toBeVisible();
  expect(await numberOf(page, /Requests, All$/)).toBe(mine - 1);
  expect(await streams()).toBe(1);
  await hide(other, true);
  await expect.poll(streams).toBe(0);
  await hide(page, false);
  await expect.poll(() => numberOf(page, /Requests, All$/)).toBe(mine - 2);
  await expect.poll(streams).toBe(1);
  await page.close();
  await expect.poll(streams).toBe(0);
});

test("a request's page shows what others do to it", async ({ context, page }) => {
  await signIn(context);
  const id = (await list("status=Open&limit=1"))[0]?.request_id ?? "";
  await page.goto(url + "/requests/" + id + "/comments");
  await expect(page.getByText("live", { exact: true })).toBeVisible();
  await act(`/requests/${id}/comments`, { text: "Said by somebody else" });
  await expect(page.getByText("Said by somebody else")).toBeVisible();
});

test("a stream that breaks is opened again, and what was missed shows", async ({ context, page }) => {
  await signIn(context);
  await page.goto(url + "/requests?status=Open");
  await expect(page.getByText("live", { exact: true })).toBeVisible();
  const before = await numberOf(page, /Requests, All$/);
  await context.setOffline(true);
  await expect(page.getByText("offline", { exact: true })).toBeVisible();
  await act("/requests/" + (await list("status=Open&limit=1"))[0]?.request_id + "/cancel", { reason: "Withdrawn" });
  await context.setOffline(false);
  await expect(page.getByText("live", { exact: true })).toBeVisible();
  await expect.poll(() => numberOf(page, /Requests, All$/)).toBe(before - 1);
});
