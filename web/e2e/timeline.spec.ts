import { expect, picture, test } from "./portal";

interface Lane {
  request_id: string;
  language: string;
  marks: { kind: string }[];
}

test("a package's timeline shows what happened to each request, and leads there", async ({ page, portal, signIn }) => {
  const as = async (token: string, path: string, data: object) => {
    const answer = await fetch(portal.url + "/api/v1" + path, { method: "POST", headers: { Authorization: "Bearer " + token, "Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID() }, body: JSON.stringify(data) });
    expect(answer.status, await answer.text()).toBe(200);
  };
  await signIn("demo-operator");
  // A package that Juniper has a part in, but not alone.
  const { rows } = (await (await page.request.get("/api/v1/requests?fulfillment_partner=Juniper+Post&status=Delivered&source_type=Dubs&limit=1")).json()) as { rows: { request_id: string; package_id: string; title: string }[] };
  const { request_id: id, package_id: of, title } = rows[0]!;
  const timeline = async () => (await (await page.request.get(`/api/v1/timeline?package_id=${of}&status=All`)).json()) as { lanes: Lane[] };
  const all = (await timeline()).lanes.length;
  await as("demo-qc", `/requests/${id}/quality-control`, { check: "Full", passed: false, issues: [{ code: "Dialogue Out of Sync", severity: "Issue", description: "they drift" }] });

  await page.goto(`/requests/${id}`);
  await page.getByRole("complementary").getByRole("link", { name: "Timeline", exact: true }).click();
  await expect(page).toHaveURL(new RegExp(`/packages/${of}$`));
  await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
  const shown = page.getByRole("group", { name: "Requests over time" });
  await expect(shown.getByRole("listitem").and(page.locator(":has(> [data-stop='0'])"))).toHaveCount(all);
  await expect(shown.getByRole("region", { name: "Dubs" })).toBeVisible();
  const failed = shown.getByRole("link", { name: /Quality control recorded: failed/ });
  await expect(failed).toHaveAccessibleName(/Redelivery requested.*they drift/);
  await failed.hover();
  await expect(page.getByText("Quality control recorded: failed")).toBeVisible();
  await picture(page, "90-timeline");

  // What others do comes by itself.
  const lane = shown.getByRole("listitem").filter({ has: page.getByRole("link", { name: /Quality control recorded: failed/ }) });
  const due = lane.getByRole("link", { name: /^Due date/ });
  await expect(due).toBeVisible();
  await expect(lane.getByRole("link", { name: /^Estimated delivery date/ })).toHaveCount(0);
  await as("demo-juniper", `/requests/${id}/estimated-delivery-date`, { date: new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 10), reason: "another pass" });
  await expect(lane.getByRole("link", { name: /^Estimated delivery date \d/ })).toBeVisible();

  // By keys: along the lane, to another one and back; Enter opens what it was then.
  const name = lane.locator("[data-stop='0']");
  await name.focus();
  await page.keyboard.press("End");
  await expect(name).not.toBeFocused();
  await page.keyboard.press("Home");
  await expect(name).toBeFocused();
  await expect(due).toBeVisible();
  await failed.focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`/requests/${id}/history\\?at=`));
  await expect(page.getByText("This is the past")).toBeVisible();
  await page.goBack();

  // The same as a table; what is chosen is in the URL.
  await page.getByRole("button", { name: "Table" }).click();
  await expect(page).toHaveURL(/view=table/);
  await expect(page.getByRole("rowheader")).toHaveCount(all);
  await expect(page.getByRole("row").filter({ has: page.locator(`a[href='/requests/${id}']`) })).toContainText("failed");
  await page.goto(`/packages/${of}?group=language&zoom=month&order=due`);
  await expect(shown.getByRole("region", { name: "English" })).toBeVisible();
  await page.getByRole("link", { name: "All packages of the title" }).click();
  await expect(page).toHaveURL(/\/titles\/\d+$/);
  await expect(shown.getByRole("region", { name: `Package ${of}` })).toBeVisible();

  // A partner sees its own lanes only, and nobody any of a package that is not there.
  await signIn("demo-juniper");
  await page.goto(`/packages/${of}`);
  await expect(shown.locator("[data-stop='0']").first()).toBeVisible();
  const own = (await timeline()).lanes.length;
  expect(own).toBeLessThan(all);
  await expect(shown.locator("[data-stop='0']")).toHaveCount(own);
  await page.goto("/packages/nowhere");
  await expect(page.getByText("no request here")).toBeVisible();
});

test("the row menu and the palette lead to the timeline of a package", async ({ page, signIn }) => {
  await signIn("demo-operator");
  await page.goto("/requests?language=Thai&bucket=requests");
  await page.locator("[data-row='1']").hover(); // a row has its icons while it is pointed at
  await page.locator("[data-row='1']").getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Timeline of the package" }).click();
  await expect(page).toHaveURL(/\/packages\/\d+$/);
  await expect(page.locator("[data-stop='0']").first()).toBeVisible();
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("dialog").getByRole("combobox")).toBeFocused();
  await page.keyboard.type("last tram");
  await page.getByRole("option", { name: /Timeline of package .*The Last Tram/ }).click();
  await expect(page.getByRole("heading", { level: 1, name: "The Last Tram" })).toBeVisible();
});
