import { readFileSync } from "node:fs";
import { found } from "./asked";
import { expect, picture, test } from "./portal";

test("a request is opened, edited, cancelled, brought back and upgraded", async ({ page, signIn, portal }) => {
  await signIn("demo-operator");
  await page.goto("/");
  await page.getByRole("button", { name: "Operator", exact: true }).click();
  await page.getByRole("menuitem", { name: "Open a request" }).click();
  await page.getByRole("button", { name: "Open the request" }).click();
  await expect(page.getByText("Needed.").first()).toBeVisible();
  await expect(page.getByRole("textbox", { name: "Title" })).toBeFocused();
  await page.getByRole("textbox", { name: "Title" }).fill("The Salt Road: Season 1: Episode 4");
  const choose = async (field: string, option: string) => {
    await page.getByRole("combobox", { name: field, exact: true }).click();
    await page.getByRole("option", { name: option, exact: true }).click();
  };
  await choose("Movie Type", "Episode");
  await choose("Is Original", "Licensed");
  await page.getByRole("textbox", { name: "Movie ID" }).fill("90010001");
  await page.getByRole("textbox", { name: "Package ID" }).fill("790001");
  await choose("Content Partner", "Halden Pictures");
  await choose("Source Type", "Dubs");
  await page.getByRole("combobox", { name: "Language" }).fill("Korean");
  await page.getByRole("combobox", { name: "Countries" }).fill("South Korea,");
  await choose("Fulfillment Partner", "Juniper Post");
  await page.getByLabel("Due Date", { exact: true }).fill("2029-03-01");
  await page.getByRole("textbox", { name: "Request ID" }).fill("not an id");
  await page.getByRole("button", { name: "Open the request" }).click();
  // The server's word stands at its field.
  const id = page.getByRole("textbox", { name: "Request ID" });
  await expect(id).toHaveAttribute("aria-invalid", "true");
  await picture(page, "60-open-request");
  await id.fill("");
  await page.getByRole("button", { name: "Open the request" }).click();
  await expect(page).toHaveURL(/\/requests\/[^/]+$/);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("The Salt Road: Season 1: Episode 4");
  await expect(page.getByText("Juniper Post")).toBeVisible();

  const act = async (name: string) => {
    await page.getByRole("button", { name: "More actions" }).click();
    await page.getByRole("menuitem", { name }).click();
  };
  await act("Edit…");
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("combobox", { name: "Language" }).fill("Thai");
  await picture(page, "61-edit-request");
  // Somebody else is quicker: it is shown, and what was set here is sent again.
  const request = page.url().replace("/requests/", "/api/v1/requests/");
  const etag = (await (await page.request.get(request)).json()).request.etag as string;
  const origin = new URL(page.url()).origin;
  const theirs = await page.request.patch(request, { data: { due_date: "2029-04-01" }, headers: { "If-Match": etag, "Idempotency-Key": "due-date-from-elsewhere", Origin: origin } });
  expect(theirs.status()).toBe(200);
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog.getByText(/Changed by somebody else meanwhile: Due Date/)).toBeVisible();
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByText("Thai").first()).toBeVisible();
  await act("Assign…");
  // Nobody works on it.
  await choose("Fulfillment Partner", "Nobody");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByText("Juniper Post")).toHaveCount(0);

  await act("Cancel the request…");
  await dialog.getByLabel("Reason (optional)").fill("withdrawn");
  await dialog.getByRole("button", { name: "Cancel the request" }).click();
  await expect(page.getByText("Cancelled.")).toBeVisible();
  await picture(page, "62-cancelled-request");
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByText("Cancelled")).toHaveCount(0);
  await expect(page.getByText("Open", { exact: true }).first()).toBeVisible();

  await found(portal.url, "status=Processed&language=Korean");
  await page.goto("/requests?status=Processed&language=Korean&bucket=all");
  await page.locator("[data-row='0']").hover();
  await page.locator("[data-row='0']").getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Upgrade…" }).click();
  await expect(page.getByRole("heading", { name: /^Upgrade / })).toBeVisible();
  const before = new URL(page.url()).searchParams.get("replaces") ?? "";
  await page.getByLabel("Due Date", { exact: true }).fill("2029-05-01");
  await picture(page, "63-upgrade");
  await page.getByRole("button", { name: "Open the replacement" }).click();
  await expect(page.getByText(new RegExp(`^${before} is replaced by`))).toBeVisible();
  await expect(page.getByRole("link", { name: before, exact: true })).toBeVisible();
});

test("a request is replaced by one that is there already", async ({ page, signIn, portal }) => {
  await signIn("demo-operator");
  const one = async (query: string) => {
    const { rows } = (await (await page.request.get("/api/v1/requests?limit=1&columns=request_id,title&" + query)).json()) as { rows: { request_id: string; title: string }[] };
    return rows[0] ?? { request_id: "", title: "" };
  };
  await found(portal.url, "status=Processed");
  const [before, after] = [await one("status=Processed&sort=-request_id"), await one("status=Open&source_type=Dubs&sort=-due_date")];
  await page.goto("/open-request?replaces=" + before.request_id);
  await page.getByRole("radio", { name: "A request that is there already" }).check();
  const field = page.getByRole("textbox", { name: "Request ID" });
  await field.fill("NO-SUCH-ONE");
  await page.getByRole("button", { name: "Replace it" }).click();
  await expect(field).toHaveAccessibleDescription(/There is no request "NO-SUCH-ONE"/);
  await field.fill(after.request_id);
  await expect(field).toHaveAccessibleDescription(new RegExp(`${after.title} · Dubs · .* · Open$`));
  await picture(page, "63-upgrade-existing");
  await page.getByRole("button", { name: "Replace it" }).click();
  await expect(page).toHaveURL(new RegExp(`/requests/${after.request_id}$`));
  await expect(page.getByText(`${before.request_id} is replaced by ${after.request_id}.`)).toBeVisible();
  await page.goto("/requests/" + before.request_id);
  await expect(page.getByText("Upgraded", { exact: true }).first()).toBeVisible();
  await expect(page.getByRole("link", { name: after.request_id, exact: true })).toBeVisible();
  // It is closed: nothing replaces it once more.
  await page.goto("/open-request?replaces=" + before.request_id);
  await expect(page.getByRole("status").filter({ hasText: before.request_id })).toContainText("Upgraded");
});

test("a file is imported, its refusals are read and found again from elsewhere", async ({ page, signIn }) => {
  await signIn("demo-operator");
  await page.goto("/import");
  const header = "request_id,package_id,movie_id,title,movie_type,is_original,content_partner,fulfillment_partner,source_type,service_type,language,country,due_date,estimated_delivery_date,material_status,status,colour";
  const row = (id: string, type: string) => `${id},790002,90010002,Ferry Lights,Standalone,No,Halden Pictures,Juniper Post,${type},Create,Thai,Thailand,2029-03-01,,Not Received,Open,red`;
  await page.getByLabel("File to import").setInputFiles({ name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("x") });
  await expect(page.getByText(/neither a CSV file/)).toBeVisible();
  await page.getByLabel("File to import").setInputFiles({ name: "ferry.csv", mimeType: "text/csv", buffer: Buffer.from([header.replace(",colour", ""), row("FERRY-1", "Subs"), row("FERRY-2", "Puppets"), row("FERRY-3", "Dubs")].join("\n").replaceAll(",red", "")) });
  await expect(page.getByRole("region", { name: "The first rows" })).toContainText("FERRY-1");
  await picture(page, "64-import");
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await expect(page).toHaveURL(/\/jobs\//);
  await expect(page.getByRole("row", { name: /FERRY-2/ })).toContainText("Puppets");
  await expect(page.getByRole("row", { name: /FERRY-2/ })).toContainText("3");
  await expect(page.getByText("Finished")).toBeVisible();
  await picture(page, "65-job");
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Download as CSV" }).click()]);
  expect(readFileSync((await download.path()) ?? "", "utf8")).toMatch(/^\uFEFFline,request_id,column,reason,accepted\r\n3,FERRY-2,source_type,/);
  // A tab of its own knows of it.
  const other = await page.context().newPage();
  await other.goto("/jobs");
  await expect(other.getByRole("row", { name: /ferry\.csv/ })).toContainText("2 opened · 1 refused");
  await picture(other, "66-jobs");
  await other.getByRole("link", { name: "Import of ferry.csv" }).click();
  await expect(other.getByRole("row", { name: /FERRY-2/ })).toBeVisible();
  await other.close();
});
