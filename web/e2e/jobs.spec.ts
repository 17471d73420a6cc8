import { expect, picture, testAlone } from "./portal";
import { workbookOf } from "./workbook";

const test = testAlone();

const header = "request_id,package_id,movie_id,title,movie_type,is_original,content_partner,fulfillment_partner,source_type,service_type,language,country,due_date,status".split(",");
const row = (id: string, { type = "Subs", due = "2029-03-01" } = {}) => [id, "790003", "90010003", "Night Harbour", "Standalone", "No", "Halden Pictures", "Juniper Post", type, "Create", "Thai", "Thailand", due, "Open"];

test("an import is stopped: what was done stays, and the rest is told as not read", async ({ page, signIn }) => {
  await signIn("demo-operator");
  await page.goto("/import");
  const rows = Array.from({ length: 100_000 }, (_, i) => row(`HARBOUR-${i}`, i % 5000 === 7 ? { type: "Puppets" } : {}));
  await page.getByLabel("File to import").setInputFiles({ name: "harbour.csv", mimeType: "text/csv", buffer: Buffer.from([header, ...rows].map((one) => one.join(",")).join("\n")) });
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await expect(page.getByRole("main").getByRole("status")).toContainText(/\d rows/);
  await picture(page, "67-job-running");
  await page.getByRole("button", { name: "Stop" }).click();
  await expect(page.getByText("Stopped", { exact: true })).toBeVisible();
  await expect(page.getByText(/^It ended after \d+% of the file; the rest was not read/)).toBeVisible();
  await picture(page, "68-job-stopped");
  const figure = async (name: string) => Number((await page.locator("dl > div").filter({ hasText: name }).getByRole("definition").innerText()).replace(/\D/g, ""));
  const opened = await figure("Opened");
  expect(opened).toBeGreaterThan(0);
  expect(opened + (await figure("Refused"))).toBeLessThan(rows.length);
  const { position } = (await (await page.request.get(page.url().replace("/jobs/", "/api/v1/jobs/"))).json()) as { position: string };
  const { total } = (await (await page.request.get(`/api/v1/requests?package_id=790003&limit=1&after=${position}`)).json()) as { total: number };
  expect(total).toBe(opened);
  await expect(page.getByRole("row", { name: /HARBOUR-7 / })).toContainText("Puppets");
});

test("a workbook is dropped onto the page, and its bad rows are told with where and why", async ({ page, signIn }) => {
  await signIn("demo-operator");
  await page.goto("/import");
  const workbook = workbookOf([header, row("BOOK-1"), row("BOOK-2", { type: "Puppets" }), row("BOOK-3", { due: "soon" })]);
  const zone = page.locator("[data-drops=here]");
  const drop = async (content: Buffer) => {
    const transfer = await page.evaluateHandle((bytes) => {
      const data = new DataTransfer();
      data.items.add(new File([new Uint8Array(bytes)], "harbour.xlsx"));
      return data;
    }, [...content]);
    await zone.dispatchEvent("dragenter", { dataTransfer: transfer });
    await zone.dispatchEvent("dragover", { dataTransfer: transfer });
    await expect(zone).toHaveAttribute("data-over", "true");
    await picture(page, "69-import-drop");
    await zone.dispatchEvent("drop", { dataTransfer: transfer });
    await expect(page.getByText("Workbook; its first visible sheet is read")).toBeVisible();
    await page.getByRole("button", { name: "Import", exact: true }).click();
  };
  await drop(workbook.subarray(0, workbook.length / 2)); // as an upload that broke off leaves it
  await expect(page.getByText(/not a whole workbook/)).toBeVisible();
  await page.getByRole("button", { name: "Choose another" }).click();
  await drop(workbook);
  await expect(page).toHaveURL(/\/jobs\//);
  await expect(page.getByText("Finished", { exact: true })).toBeVisible();
  await expect(page.locator("dl")).toHaveText(/1\D+0\D+0\D+2/);
  const cells = (id: string) => page.getByRole("row", { name: new RegExp(id) }).getByRole("cell");
  await expect(cells("BOOK-2")).toHaveText(["3", "BOOK-2", "source_type", /"Puppets"; one of: AV \(Muxed\)/]);
  await expect(cells("BOOK-3")).toHaveText(["4", "BOOK-3", "due_date", /"soon" is not a date; write YYYY-MM-DD/]);
  await picture(page, "69-job-workbook");
});
