import { expect, picture, test } from "./portal";

test("partner figures: by month and by partner, and the deliveries behind a number", async ({ page, signIn }) => {
  await signIn("demo-operator");
  // One that is on time, one that is late.
  const due = async (query: string) => {
    const { rows } = (await (await page.request.get(`/api/v1/requests?status=Open&limit=1&${query}`)).json()) as { rows: { request_id: string }[] };
    return rows[0]?.request_id ?? "";
  };
  let position = "";
  for (const id of [await due("due_date=next+month"), await due("due_date=overdue")]) {
    const answer = await page.request.post(`/api/v1/requests/${id}/deliveries`, { data: { files: [{ name: "final.mov", size: 1000, sha256: "0".repeat(64), location: "s3://elsewhere/final.mov" }] }, headers: { "Idempotency-Key": `report-${id}` } });
    expect(answer.status(), await answer.text()).toBeLessThan(300);
    position = ((await answer.json()) as { position: string }).position;
  }
  // Other tests of this portal deliver too.
  const { figures } = (await (await page.request.get(`/api/v1/partner-figures?after=${position}`)).json()) as { figures: { figure: string; numerator: number; denominator: number; met: boolean }[] };
  const onTime = figures.find((one) => one.figure === "on_time_rate") ?? { numerator: 0, denominator: 0, met: false };
  expect(onTime.numerator).toBeGreaterThan(0);
  expect(onTime.denominator).toBeGreaterThan(onTime.numerator);
  await page.goto("/reports");
  const card = page.getByRole("region", { name: "On-time rate" });
  await expect(card).toContainText(`${onTime.numerator} of ${onTime.denominator}`);
  await expect(card).toContainText(onTime.met ? "met" : "missed");
  await expect(page.getByRole("region", { name: "Redelivery rate" })).toContainText("missed"); // in the demo many are sent back
  await expect(card).toContainText("target: at least 97%");
  await page.getByRole("combobox", { name: "Compare by" }).click();
  await page.getByRole("option", { name: "Fulfillment Partner" }).click();
  await expect(page).toHaveURL(/group=fulfillment_partner/);
  await expect(page.getByRole("rowheader").first()).toBeVisible();
  await picture(page, "60-reports");

  await card.getByRole("button", { name: new RegExp(`^${onTime.denominator}, all of them`) }).click();
  const list = page.getByRole("dialog", { name: "On-time rate · all of them" });
  await expect(list.getByRole("row")).toHaveCount(onTime.denominator + 1);
  await expect(list.getByText("late", { exact: true }).first()).toBeVisible();
  await picture(page, "61-behind");
  const url = page.url();
  await page.goto("/reports");
  await page.goto(url); // a link to what is behind it
  await expect(list.getByRole("row")).toHaveCount(onTime.denominator + 1);
  const csv = await page.request.get((await list.getByRole("link", { name: "Download as CSV" }).getAttribute("href")) ?? "");
  expect((await csv.text()).trim().split("\n")).toHaveLength(onTime.denominator + 1);
});

test("the deliveries of all requests, narrowed and downloaded", async ({ page, signIn }) => {
  await signIn("demo-operator");
  const { rows } = (await (await page.request.get("/api/v1/requests?status=Open&limit=1&source_type=Trailer")).json()) as { rows: { request_id: string; title: string }[] };
  const [request] = rows;
  if (request === undefined) throw new Error("the demo has no open trailer");
  const sent = await page.request.post(`/api/v1/requests/${request.request_id}/deliveries`, { data: { files: [{ name: "trailer.mov", size: 1000, sha256: "0".repeat(64), location: "s3://elsewhere/trailer.mov" }] }, headers: { "Idempotency-Key": "listed-" + request.request_id } });
  expect(sent.status()).toBeLessThan(300);
  await page.goto("/deliveries");
  await page.getByRole("combobox", { name: "Source Type" }).click();
  const trailers = page.getByRole("option", { name: /^Trailer \(\d+\)$/ });
  const counted = ((await trailers.textContent()) ?? "").replace(/\D/g, "");
  await trailers.click();
  await expect(page).toHaveURL(/source_type=Trailer/);
  const tops = await page.getByRole("main").getByRole("combobox").evaluateAll((all) => all.map((one) => Math.round(one.getBoundingClientRect().top)));
  expect(new Set(tops).size, "the filters stand in one line").toBe(1);
  const row = page.getByRole("row").filter({ hasText: `Request ${request.request_id}, delivery 1` });
  await expect(row).toBeVisible();
  await expect(row.getByRole("cell", { name: "1", exact: true })).toBeVisible();
  await expect(page.getByText(new RegExp(`^${counted} deliver(y|ies), `))).toBeVisible();
  await picture(page, "62-deliveries");
  await page.getByText("Sent back", { exact: true }).first().click();
  await expect(page).toHaveURL(/show=sentBack/);
  await expect(row).toHaveCount(0);
  await page.getByText("All", { exact: true }).click();
  await row.getByRole("link", { name: request.title }).click();
  await expect(page).toHaveURL(new RegExp(`/requests/${request.request_id}/deliveries`));
});

test("quality control lists the deliveries with findings", async ({ page, signIn }) => {
  await signIn("demo-qc");
  await page.goto("/deliveries?period=all");
  await expect(page.getByRole("cell", { name: "clean" }).first()).toBeVisible();
  await page.getByRole("combobox", { name: "Inspection" }).click();
  await page.getByRole("option", { name: "findings" }).click();
  await expect(page).toHaveURL(/inspection=Findings/);
  await expect(page.getByRole("cell", { name: "findings" }).first()).toBeVisible();
  await expect(page.getByRole("cell", { name: "clean" })).toHaveCount(0);
  await page.emulateMedia({ colorScheme: "dark" });
  await page.setViewportSize({ width: 1920, height: 1080 });
  await picture(page, "63-findings");
});
