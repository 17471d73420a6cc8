import { expect, picture, test } from "./portal";

test("the calendar counts each day of a search, and a day leads to its requests", async ({ page, signIn }) => {
  await signIn("demo-operator");
  await page.goto("/requests?source_type=Dubs&group=language");
  await page.getByRole("button", { name: "Calendar", exact: true }).click();
  await expect(page).toHaveURL(/calendar=requests/);
  const calendar = page.getByRole("region", { name: "Due dates" });
  await calendar.getByRole("button", { name: "Critical" }).click();
  await expect(page).toHaveURL(/calendar=critical/);
  await expect(page).toHaveURL(/group=language/); // the list is as it was when one comes back
  const days = calendar.getByRole("button", { name: /of Critical$/ });
  await expect(days.first()).toBeVisible();
  await picture(page, "70-calendar");

  // The days add up to the bucket.
  const { buckets } = (await (await page.request.get("/api/v1/buckets?source_type=Dubs")).json()) as { buckets: { critical: number } };
  const counted = await days.evaluateAll((all) => all.map((day) => Number(/: ([\d,]+) of/.exec(day.getAttribute("aria-label") ?? "")?.[1]?.replace(/,/g, "") ?? 0)).reduce((a, b) => a + b, 0));
  expect(counted).toBe(buckets.critical);
  expect(counted).toBeGreaterThan(0);

  // From day to day by keys, a day and a week on; Enter searches for it.
  const busy = calendar.locator("[data-day]:not([aria-disabled])").first();
  const day = (await busy.getAttribute("data-day")) ?? "";
  const n = Number(/: (\d+) of/.exec((await busy.getAttribute("aria-label")) ?? "")?.[1]);
  await busy.focus();
  await page.keyboard.press("ArrowRight");
  await expect(busy).not.toBeFocused();
  await page.keyboard.press("ArrowLeft");
  await expect(busy).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`due_date=${day}&bucket=critical$`));
  await expect(page.getByRole("grid").locator("[data-row]")).toHaveCount(n);
  await page.goBack();
  await expect(calendar).toBeVisible();

  const { rows } = (await (await page.request.get("/api/v1/requests?bucket=on_track&limit=1")).json()) as { rows: { request_id: string }[] };
  await page.goto(`/requests?request_id=${rows[0]?.request_id}&calendar=critical`);
  await expect(calendar.getByText("None of these requests")).toBeVisible();
});
