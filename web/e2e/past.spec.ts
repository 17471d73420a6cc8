import { expect, picture, test } from "./portal";

test("a search as of a moment of the past, and back to now", async ({ page, signIn }) => {
  await signIn("demo-operator");
  const before = (await (await page.request.get("/api/v1/buckets?language=Dutch")).json()) as { now: string; buckets: { requests: number; materials_available: number } };
  const open = await page.request.get("/api/v1/requests?language=Dutch&bucket=awaiting_materials&limit=1");
  const { rows } = (await open.json()) as { rows: { request_id: string }[] };
  const id = rows[0]?.request_id ?? "";
  const changed = await page.request.post(`/api/v1/requests/${id}/material-status`, { data: { material_status: "Received" }, headers: { "Idempotency-Key": "past-" + id } });
  expect(changed.ok()).toBe(true);

  const available = (n: number) => page.getByRole("button", { name: new RegExp(`^${n.toLocaleString("en")} Materials Available, All`) });
  await page.goto("/requests?language=Dutch");
  await expect(available(before.buckets.materials_available + 1)).toBeVisible();
  await page.goto(`/requests?language=Dutch&as_of=${before.now}&bucket=awaiting_materials&sort=request_id`);
  const banner = page.getByRole("status").filter({ hasText: "This is the past" });
  await expect(banner).toBeVisible();
  await expect(available(before.buckets.materials_available)).toBeVisible();
  await expect(page.getByText("live", { exact: true })).toHaveCount(0);
  await expect(page.getByRole("grid").locator("[data-row]").first()).toBeVisible();
  await expect(page.getByRole("grid").getByRole("checkbox", { name: /^Select / }).first()).toBeDisabled();
  await picture(page, "75-as-of");

  // A row leads to the request at that moment.
  await page.getByRole("grid").locator("[data-row]").first().getByRole("link").first().click();
  await expect(page).toHaveURL(/\/requests\/[^?]+\?at=/);
  await page.goBack();

  // A day earlier there was nothing; the moment can be written; and back to now.
  await banner.getByRole("button", { name: "A day earlier" }).click();
  await expect(page.getByRole("heading", { name: "Nothing matches" })).toBeVisible();
  await banner.getByRole("button", { name: "A day later" }).click();
  await expect(available(before.buckets.materials_available)).toBeVisible();
  await banner.getByRole("button", { name: "Back to now" }).click();
  await expect(banner).toHaveCount(0);
  await expect(page).not.toHaveURL(/as_of/);
  await expect(available(before.buckets.materials_available + 1)).toBeVisible();

  // The tooltip of a bucket says what has changed in a day.
  await page.getByRole("columnheader", { name: "Requests" }).getByText("Requests").hover();
  await expect(page.getByRole("tooltip")).toContainText(`${before.buckets.requests.toLocaleString("en")} more than yesterday at this time`);
  await picture(page, "76-since-yesterday");
  await page.getByRole("button", { name: "Show it as it was" }).click();
  await expect(page).toHaveURL(/as_of=/);

  await page.goto("/requests?as_of=2150-01-01T00:00:00Z");
  await expect(page.getByRole("alert")).toContainText("future");
});

/** The demo's portal is as old as its test: the answer gets weeks before today that it does not have. */
async function withWeeks(page: import("@playwright/test").Page): Promise<void> {
  await page.route("**/api/v1/trends*", async (route) => {
    const response = await route.fetch();
    const trends = (await response.json()) as { points: { day: string; at: string; matched: number; buckets: Record<string, number> }[] };
    const last = trends.points[trends.points.length - 1];
    trends.points.forEach((point, i) => {
      if (last === undefined || point === last) return;
      const share = (key: number) => 0.75 + 0.25 * Math.sin(i / (4 + key)) * Math.cos(i / 3 + key);
      point.matched = Math.round(last.matched * share(1));
      Object.keys(last.buckets).forEach((key, k) => (point.buckets[key] = Math.round((last.buckets[key] ?? 0) * share(k))));
    });
    await route.fulfill({ response, json: trends });
  });
}

test("trends beside the numbers and on a page of their own lead to the search of a day", async ({ page, signIn }) => {
  await signIn("demo-operator");
  await page.goto("/trends");
  await expect(page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Reports" })).toHaveAttribute("aria-current", "true");
  await expect(page.getByText("There is nothing to compare yet")).toBeVisible();
  await withWeeks(page);
  await page.goto("/requests?source_type=Subs");
  const all = page.getByRole("row").filter({ has: page.getByRole("rowheader") }).first();
  await expect(all.locator("svg path")).not.toHaveCount(0);
  await picture(page, "77-sparks");
  await page.getByRole("link", { name: "Trends, day by day" }).click();
  await expect(page).toHaveURL(/\/trends\?source_type=Subs$/);
  await expect(page.getByRole("region", { name: "At Risk" })).toBeVisible();
  await expect(page.getByText("Source Type: Subs")).toBeVisible();
  await picture(page, "78-trends");
  const row = page.getByRole("row").nth(3);
  await row.getByRole("link").click();
  await expect(page).toHaveURL(/\/requests\?source_type=Subs&as_of=\d{4}-\d\d-\d\dT/);
  await expect(page.getByText("This is the past")).toBeVisible();
});
