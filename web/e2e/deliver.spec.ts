import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, picture, test } from "./portal";

const folder = mkdtempSync(join(tmpdir(), "backlot-deliver-"));
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Subtitles that inspection has nothing against. */
const subtitles = (minutes: number) => Array.from({ length: minutes }, (_, i) => `${i + 1}\n00:${String(i % 60).padStart(2, "0")}:01,000 --> 00:${String(i % 60).padStart(2, "0")}:04,000\nLine ${i + 1}\n`).join("\n");

function fileOf(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** An open request of a source type; no two calls give the same one. */
async function openRequest(page: Page, nth: number, type = "Subs"): Promise<string> {
  const answer = await page.request.get(`/api/v1/requests?status=Open&source_type=${type}&sort=-due_date&limit=1&offset=${nth}`);
  const { rows } = (await answer.json()) as { rows: { request_id: string }[] };
  return rows[0]?.request_id ?? "";
}

/** Drops files on the page as the system's file manager does. */
async function drop(page: Page, files: Record<string, string>): Promise<void> {
  const transfer = await page.evaluateHandle((contents) => {
    const data = new DataTransfer();
    for (const [name, content] of Object.entries(contents)) data.items.add(new File([content], name, { lastModified: 1_700_000_000_000 }));
    return data;
  }, files);
  await page.dispatchEvent("body", "dragenter", { dataTransfer: transfer });
  await expect(page.getByText("Drop files or folders to deliver them")).toBeVisible();
  await page.dispatchEvent("body", "drop", { dataTransfer: transfer });
}

async function noViolation(page: Page, where: string, within = "[role=dialog]"): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).include(within).analyze();
  expect.soft(violations.map((v) => `${where}: ${v.id}, ${v.help}: ${v.nodes.map((n) => n.target.join(" ") + " " + (n.any[0]?.message ?? "")).join(" | ")}`)).toEqual([]);
}

test("files that are dropped on the page find their requests, are looked at, sent and processed", async ({ page, signIn }) => {
  await signIn("demo-juniper");
  const [id, other] = [await openRequest(page, 0), await openRequest(page, 1)];
  await page.goto("/requests?bucket=requests&source_type=Subs");
  await expect(page.getByRole("grid").getByRole("link").first()).toBeVisible();
  await drop(page, { [`${id}.srt`]: subtitles(20), "nobody_knows.srt": subtitles(3), ".DS_Store": "x" });
  const dialog = page.getByRole("dialog", { name: "Deliver" });
  await expect(dialog.getByText("1 hidden file was left out.")).toBeVisible();
  await expect(dialog.getByRole("button", { name: new RegExp(`choose another request for ${id}\\.srt$`) })).toContainText(id);
  await expect(dialog.getByText("Its name tells no request: choose one.")).toBeVisible();
  await expect(dialog.getByRole("button", { name: "Deliver 2 files" })).toBeDisabled();
  for (const scheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    for (const width of [1280, 1920]) {
      await page.setViewportSize({ width, height: width === 1280 ? 800 : 1080 });
      await picture(page, `60-${scheme}-${width}-deliver-match`);
    }
    await noViolation(page, `matching, ${scheme}`);
  }
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  await page.setViewportSize({ width: 1280, height: 800 });

  await dialog.getByRole("button", { name: "Choose the request of nobody_knows.srt" }).click();
  await dialog.getByLabel("Request of nobody_knows.srt").fill(other);
  await page.getByRole("option", { name: new RegExp(`${other}$`) }).click();
  await dialog.getByRole("button", { name: "Deliver 2 files to 2 requests" }).click();
  await expect(dialog.getByText("passed inspection")).toHaveCount(2, { timeout: 20_000 });
  await expect(dialog.getByRole("group", { name: `${id}.srt` })).toContainText("Clean");
  await picture(page, "60-light-1280-deliver-done");
  await dialog.locator("section section", { hasText: `${id}.srt` }).getByRole("link", { name: "Deliveries" }).click();

  await expect(page.getByText("Processed", { exact: true }).first()).toBeVisible();
  const row = page.getByRole("row", { name: new RegExp(`${id}\\.srt`) });
  await expect(row).toContainText("Clean");
  await expect(row).toContainText("Browser");
  const arrives = page.waitForEvent("download");
  await row.getByRole("link", { name: `Download ${id}.srt` }).click();
  expect((await arrives).suggestedFilename()).toBe(`${id}.srt`);
});

test("an upload is paused, outlives the page that began it and goes on where it was; another file of its name begins anew", async ({ page, signIn }) => {
  await signIn("demo-juniper");
  const id = await openRequest(page, 2);
  page.on("dialog", (asked) => void asked.accept());
  const size = 6_000_000;
  const film = fileOf("film.bin", Buffer.alloc(size, "a"));
  await page.goto("/requests/" + id);
  await expect(page.getByRole("heading", { name: "Delivery details" })).toBeVisible();
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  const line = (bytes: number) => session.send("Network.emulateNetworkConditions", { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: bytes });
  await page.keyboard.press("d");
  const dialog = page.getByRole("dialog", { name: /^Deliver: / });
  await dialog.getByLabel("Choose files").setInputFiles(film);
  await expect(dialog.getByRole("button", { name: "Deliver 1 file" })).toBeEnabled();
  await line(1_000_000);
  await dialog.getByRole("button", { name: "Deliver 1 file" }).click();
  const file = dialog.getByRole("group", { name: "film.bin" });
  await expect(file).toContainText(/\/s, \d+ seconds? left/);
  await picture(page, "61-deliver-sending");
  await file.getByRole("button", { name: "Pause: film.bin" }).click();
  await expect(file).toContainText("paused");
  const received = async () => {
    const { deliveries } = (await (await page.request.get(`/api/v1/requests/${id}/deliveries`)).json()) as { deliveries: { files: { received: number; status: string }[] }[] };
    return deliveries.at(-1)?.files[0];
  };
  await expect.poll(async () => (await received())?.received ?? 0).toBeGreaterThan(0);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: /0 of 1 file/ })).toBeVisible();
  // A colleague at the same browser sees nothing of it.
  await page.getByRole("button", { name: "Juniper Post" }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByRole("button", { name: /operator/i }).first().click();
  await expect(page.getByRole("button", { name: "Operator", exact: true })).toBeVisible();
  await expect(page.getByText(/0 of 1 file|delivered whole/)).toHaveCount(0);
  await signIn("demo-juniper");

  const offsets: number[] = [];
  page.on("request", (request) => {
    if (request.method() === "PATCH") offsets.push(Number(request.headers()["upload-offset"]));
  });
  const goOn = async (content: string, changed: number) => {
    utimesSync(fileOf("film.bin", Buffer.alloc(size, content)), changed, changed);
    offsets.length = 0;
    await page.getByRole("dialog", { name: "Deliver" }).getByLabel("Choose files").setInputFiles(film);
    await expect.poll(() => offsets.length).toBeGreaterThan(0);
  };

  // As large as the other one and of its name, but changed since: their bytes are not mixed.
  await page.reload();
  await page.getByRole("button", { name: "1 file was not delivered whole" }).click();
  await goOn("b", 1_700_000_100);
  expect(offsets[0]).toBe(0);
  await expect.poll(async () => (await received())?.received ?? 0).toBeGreaterThan(0);

  await page.reload();
  await page.getByRole("button", { name: "1 file was not delivered whole" }).click();
  const after = page.getByRole("dialog", { name: "Deliver" });
  await expect(after.getByRole("region", { name: "Not delivered whole" })).toContainText("film.bin");
  await picture(page, "61-deliver-unfinished");
  for (const scheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    await noViolation(page, `unfinished, ${scheme}`);
  }
  await line(-1);
  await goOn("b", 1_700_000_100);
  await expect(after.getByText("1 file goes on where it stopped.")).toBeVisible();
  await expect.poll(async () => (await received())?.status, { timeout: 20_000 }).toMatch(/Arrived|Clean|Rejected/);
  expect(offsets[0]).toBeGreaterThan(0);
  const { deliveries } = (await (await page.request.get(`/api/v1/requests/${id}/deliveries`)).json()) as { deliveries: { files: { sha256: string }[] }[] };
  expect(deliveries.at(-1)?.files[0]?.sha256).toBe(createHash("sha256").update(Buffer.alloc(size, "b")).digest("hex"));
  await expect(after.getByText(/passed inspection|\d findings?/)).toBeVisible({ timeout: 20_000 });
});

test("materials are fetched from the row and the bar, and what there is none of is said", async ({ page, signIn }) => {
  await signIn("demo-juniper");
  const bare = await openRequest(page, 3);
  await page.goto(`/requests?bucket=requests&request_id=${bare}`);
  const row = page.locator("[data-row='0']");
  await row.hover();
  await row.getByRole("button", { name: "Download materials" }).click();
  await expect(page.getByText(`No materials were provided for ${bare} yet.`)).toBeVisible();

  // A content partner's file arrives at the request, and goes out from there.
  await signIn("demo-operator");
  const give = async (name: string) => {
    const metadata = Object.entries({ purpose: "material", filename: name }).map(([key, value]) => `${key} ${Buffer.from(value).toString("base64")}`);
    const tus = { "Tus-Resumable": "1.0.0", Origin: new URL(page.url()).origin };
    const made = await page.request.post("/uploads/", { headers: { ...tus, "Upload-Length": "5", "Upload-Metadata": metadata.join(",") } });
    expect(made.status()).toBe(201);
    const at = new URL(made.headers()["location"] ?? "", page.url()).pathname;
    expect((await page.request.patch(at, { headers: { ...tus, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream" }, data: Buffer.from("hello") })).status()).toBe(204);
    const body = { files: [{ file_id: at.split("/").pop(), kind: "Document" }] };
    await expect(async () => {
      const given = await page.request.post(`/api/v1/requests/${bare}/materials`, { data: body, headers: { "Idempotency-Key": crypto.randomUUID(), Origin: tus.Origin } });
      expect(given.status(), await given.text()).toBe(200);
    }).toPass({ timeout: 10_000 });
  };
  await give("script.txt");
  await signIn("demo-juniper");
  await page.reload();
  await row.hover();
  const one = page.waitForEvent("download");
  await row.getByRole("button", { name: "Download materials" }).click();
  expect((await one).suggestedFilename()).toBe("script.txt");
  await row.getByRole("checkbox").click();
  const many = page.waitForEvent("download");
  await page.getByRole("region", { name: "Selected requests" }).getByRole("button", { name: "Download materials" }).click();
  expect((await many).suggestedFilename()).toMatch(/^materials-.*\.zip$/);
  await expect(page).toHaveURL(/\/requests\?/);
  await page.goto("/requests/" + bare);
  await expect(page.getByRole("complementary").getByRole("link", { name: "Download script.txt" })).toBeVisible();
  await picture(page, "62-materials");
});

test("what inspection found is told with what it means, and overridden with a reason", async ({ page, signIn }) => {
  await signIn("demo-juniper");
  const id = await openRequest(page, 4);
  await page.goto("/requests/" + id);
  await expect(page.getByRole("heading", { name: "Delivery details" })).toBeVisible();
  // Dropped on a request's own page it is for that one, whatever it is called.
  await drop(page, { "reel.srt": subtitles(5) + "\n6\n00:04:02,000 --> 00:04:06,000\nToo early\n" });
  const dialog = page.getByRole("dialog", { name: /^Deliver: / });
  await dialog.getByRole("button", { name: "Deliver 1 file" }).click();
  await expect(dialog.getByText("1 finding")).toBeVisible({ timeout: 20_000 });
  await dialog.getByRole("link", { name: "Deliveries" }).click();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByRole("row", { name: /reel\.srt/ })).toContainText("Rejected");
  for (const scheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    for (const width of [1280, 1920]) {
      await page.setViewportSize({ width, height: width === 1280 ? 800 : 1080 });
      await picture(page, `63-${scheme}-${width}-findings`);
    }
    await noViolation(page, `deliveries, ${scheme}`, "main");
  }
  await page.getByRole("button", { name: /^What .* means$/ }).click();
  await expect(page.getByText(/^What to do: /)).toBeVisible();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: /^Override / }).click();
  const override = page.getByRole("dialog", { name: /^Override: / });
  await expect(override.getByRole("button", { name: "Override" })).toBeDisabled();
  await override.getByLabel("Reason").fill("the two speak at once");
  await override.getByRole("button", { name: "Override" }).click();
  await expect(override).toHaveCount(0);
  await expect(page.getByText("Overridden: the two speak at once")).toBeVisible();
  await expect(page.getByText("Processed", { exact: true }).first()).toBeVisible();
});
