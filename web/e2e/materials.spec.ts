import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, picture, test } from "./portal";

const folder = mkdtempSync(join(tmpdir(), "backlot-materials-"));
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

function fileOf(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function noViolation(page: Page, where: string): Promise<void> {
  for (const scheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect.soft(violations.map((v) => `${where}, ${scheme}: ${v.id}, ${v.help}: ${v.nodes.map((n) => n.target.join(" ") + " " + (n.any[0]?.message ?? "")).join(" | ")}`)).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
}

async function pictures(page: Page, name: string): Promise<void> {
  for (const scheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    for (const width of [1280, 1920]) {
      await page.setViewportSize({ width, height: width === 1280 ? 800 : 1080 });
      await picture(page, `${name}-${scheme}-${width}`);
    }
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
}

/** Drops a file on an element as the system's file manager does. */
async function dropOn(page: Page, selector: string, name: string, content: string): Promise<void> {
  const transfer = await page.evaluateHandle(
    ([name, content]) => {
      const data = new DataTransfer();
      data.items.add(new File([content], name, { lastModified: 1_700_000_000_000 }));
      return data;
    },
    [name, content] as const,
  );
  await page.dispatchEvent(selector, "dragenter", { dataTransfer: transfer });
  await page.dispatchEvent(selector, "dragover", { dataTransfer: transfer });
  await expect(page.locator(selector)).toHaveAttribute("data-over", "true");
  await page.dispatchEvent(selector, "drop", { dataTransfer: transfer });
}

interface Found {
  request_id: string;
  package_id: string;
  title: string;
}

/** Requests that wait for materials, most urgent first, as whoever is signed in sees them. */
async function waiting(page: Page, query = ""): Promise<{ total: number; rows: Found[] }> {
  return (await (await page.request.get(`/api/v1/requests?bucket=awaiting_materials&sort=due_date,title,source_type,language&limit=1000${query}`)).json()) as { total: number; rows: Found[] };
}

async function materialsOf(page: Page, id: string): Promise<{ name: string; kind: string; state: string; sha256: string }[]> {
  return ((await (await page.request.get(`/api/v1/requests/${id}/materials`)).json()) as { materials: { name: string; kind: string; state: string; sha256: string }[] }).materials;
}

test("a studio lands on what waits for it, and gives a title its materials: some files to all of its requests, one to a chosen one", async ({ page, signIn }) => {
  await signIn("demo-halden");
  const { total, rows } = await waiting(page);
  const first = rows[0];
  if (first === undefined) throw new Error("nothing waits");
  const ofTitle = rows.filter((row) => row.package_id === first.package_id);
  expect(ofTitle.length).toBeGreaterThan(1);
  await page.goto("/");
  await expect(page).toHaveURL(/\/materials$/);
  await expect(page.getByRole("radio", { name: `Awaiting ${total}` })).toBeChecked();
  const line = page.locator("[data-line]").first();
  await expect(line).toContainText(first.package_id);
  await expect(line).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.locator("[data-request]")).toHaveCount(ofTitle.length);
  await pictures(page, "70-materials");

  // Over the line of the title.
  await dropOn(page, `[data-line][data-title^="${first.package_id}"]:not([data-request])`, "reel_proxy.mp4", "moving pictures");
  const dialog = page.getByRole("dialog", { name: `Provide materials: ${first.title}, ${ofTitle.length} requests` });
  await expect(dialog.getByLabel("Kind of reel_proxy.mp4")).toHaveValue("Video");
  await dialog.getByLabel("Choose files").setInputFiles([fileOf("dialogue.srt", "1\n00:00:01,000 --> 00:00:02,000\nHello\n"), fileOf("notes.bin", "of the director"), fileOf(".DS_Store", "x")]);
  await expect(dialog.getByText("1 hidden file was left out.")).toBeVisible();
  await expect(dialog.getByLabel("Kind of dialogue.srt")).toHaveValue("Timed Text");
  await dialog.getByLabel("Kind of notes.bin").selectOption("Document");
  await dialog.getByRole("button", { name: /^dialogue\.srt goes to/ }).click();
  const list = page.getByRole("dialog", { name: /^dialogue\.srt goes to/ });
  await list.getByRole("button", { name: "None" }).click();
  await list.getByRole("checkbox").first().check();
  const oneOnly = await list.getByText(/^1 of \d+ chosen$/).isVisible();
  await picture(page, "71-provide");
  await page.keyboard.press("Escape");
  await noViolation(page, "providing");
  await expect(dialog.getByRole("combobox", { name: "Material status" })).toHaveCount(0);
  await dialog.getByRole("button", { name: /^Provide 3 files/ }).click();
  await expect(dialog.getByText(`provided to ${ofTitle.length} requests`)).toBeVisible({ timeout: 20_000 });
  await picture(page, "72-provided");
  await page.keyboard.press("Escape");
  // It waits for nothing any more.
  await expect(page.locator(`[data-line][data-title^="${first.package_id}"]`)).toHaveCount(0);
  const names = await Promise.all(ofTitle.map(async (row) => (await materialsOf(page, row.request_id)).map((m) => `${m.name} ${m.kind}`)));
  for (const those of names) expect(those).toEqual(expect.arrayContaining(["reel_proxy.mp4 Video", "notes.bin Document"]));
  if (oneOnly) expect(names.filter((those) => those.includes("dialogue.srt Timed Text"))).toHaveLength(1);
});

test("a material outlives the page that began to send it, reaches its request, and is replaced by a newer one", async ({ page, signIn }) => {
  await signIn("demo-halden");
  const id = (await waiting(page)).rows.at(-1)?.request_id ?? "";
  page.on("dialog", (asked) => void asked.accept());
  const size = 4_000_000;
  const content = Buffer.alloc(size, "a");
  const film = fileOf("film.mov", content);
  utimesSync(film, 1_700_000_100, 1_700_000_100);
  await page.goto("/requests/" + id);
  await expect(page.getByRole("heading", { name: "Materials" })).toBeVisible();
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  const line = (bytes: number) => session.send("Network.emulateNetworkConditions", { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: bytes });
  await page.keyboard.press("p");
  const dialog = page.getByRole("dialog", { name: /^Provide materials: / });
  await dialog.getByRole("radio", { name: /^This request/ }).check();
  await dialog.getByLabel("Choose files").setInputFiles(film);
  await line(1_000_000);
  const uploads: string[] = [];
  const offsets: number[] = [];
  page.on("request", (request) => {
    if (request.method() !== "PATCH") return;
    uploads.push(new URL(request.url()).pathname);
    offsets.push(Number(request.headers()["upload-offset"]));
  });
  await dialog.getByRole("button", { name: "Provide 1 file" }).click();
  const file = dialog.getByRole("group", { name: "film.mov" });
  await expect(file).toContainText(/\/s, \d+ seconds? left/);
  await picture(page, "73-materials-sending");
  await file.getByRole("button", { name: "Pause: film.mov" }).click();
  await expect(file).toContainText("paused");
  const received = async () => Number((await page.request.head(uploads[0] ?? "", { headers: { "Tus-Resumable": "1.0.0" } })).headers()["upload-offset"]);
  await expect.poll(received).toBeGreaterThan(0);
  expect(await materialsOf(page, id)).toEqual([]);

  await page.reload();
  await page.getByRole("button", { name: "1 material was not sent whole" }).click();
  const after = page.getByRole("dialog", { name: "Materials on their way" });
  await expect(after.getByRole("region", { name: "Not sent whole" })).toContainText("film.mov");
  await picture(page, "73-materials-unfinished");
  await line(-1);
  offsets.length = 0;
  await after.getByLabel("Choose files").setInputFiles(film);
  await expect(after.getByText("film.mov goes on where it stopped.")).toBeVisible();
  await expect(after.getByText("provided to 1 request")).toBeVisible({ timeout: 20_000 });
  expect(offsets[0]).toBeGreaterThan(0);
  expect(await materialsOf(page, id)).toMatchObject([{ name: "film.mov", kind: "Video", state: "Active", sha256: createHash("sha256").update(content).digest("hex") }]);
  await page.keyboard.press("Escape");

  // Who gave it and when is beside the request; the newer one takes its place and its name.
  const aside = page.getByRole("complementary");
  await expect(aside).toContainText(/Video, by Halden Pictures \(Hanna Solberg\), /);
  await aside.getByRole("button", { name: "Replace film.mov" }).click();
  await dialog.getByLabel("Choose files").setInputFiles(fileOf("film_v2.mov", "the second cut"));
  await expect(dialog.getByText("It takes the place of the one of this name that 1 request has.")).toBeVisible();
  await dialog.getByRole("button", { name: "Provide 1 file" }).click();
  await expect(dialog.getByText("provided to 1 request")).toBeVisible({ timeout: 20_000 });
  await page.keyboard.press("Escape");
  await expect(aside.getByText("replaced by a newer one")).toBeVisible();
  await picture(page, "74-materials-request");
  expect((await materialsOf(page, id)).map((m) => [m.name, m.state])).toEqual([
    ["film.mov", "Upgraded"],
    ["film.mov", "Active"],
  ]);
});

test("an operator provides to a selection and sets the status in the same act; what is refused is said, request by request", async ({ page, signIn }) => {
  await signIn("demo-operator");
  const { rows } = await waiting(page, "&source_type=Dubs");
  const [one, other, gone] = rows.map((row) => row.request_id);
  if (one === undefined || other === undefined || gone === undefined) throw new Error("too few wait");
  const ids = [one, other, gone];
  await page.goto("/requests?bucket=requests&" + ids.map((id) => "request_id=" + id).join("&"));
  await page.getByRole("grid").getByRole("row").nth(1).click({ position: { x: 300, y: 10 }, modifiers: ["ControlOrMeta"] });
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.press("p");
  const dialog = page.getByRole("dialog", { name: "Provide materials: 3 requests" });
  await dialog.getByLabel("Choose files").setInputFiles(fileOf("m_and_e.wav", "music and effects"));
  await expect(dialog.getByLabel("Kind of m_and_e.wav")).toHaveValue("Audio");
  await expect(dialog.getByRole("combobox", { name: "Material status" })).toHaveValue("Received");
  // Meanwhile a colleague cancels one of them.
  const cancelled = await page.request.post(`/api/v1/requests/${gone}/cancel`, { data: { reason: "withdrawn" }, headers: { "Idempotency-Key": crypto.randomUUID(), Origin: new URL(page.url()).origin } });
  expect(cancelled.status()).toBe(200);
  await dialog.getByRole("button", { name: "Provide 1 file to 3 requests" }).click();
  await expect(dialog.getByText("provided to 2 requests · 1 refused")).toBeVisible({ timeout: 20_000 });
  await expect(dialog.getByRole("listitem").filter({ hasText: gone })).toContainText("Cancelled");
  await picture(page, "75-materials-refused");
  for (const id of [one, other]) {
    expect((await materialsOf(page, id)).map((m) => m.name)).toEqual(["m_and_e.wav"]);
    const { request } = (await (await page.request.get("/api/v1/requests/" + id)).json()) as { request: { material_status: string } };
    expect(request.material_status).toBe("Received");
  }
  expect(await materialsOf(page, gone)).toEqual([]);
});

test("whoever may not provide materials sees nothing of it", async ({ page, signIn }) => {
  await signIn("demo-juniper");
  await page.goto("/requests?bucket=requests&source_type=Subs");
  const row = page.getByRole("grid").getByRole("row").nth(1);
  await row.hover();
  await row.getByRole("button", { name: "More actions" }).click();
  await expect(page.getByRole("menuitem", { name: "Deliver…" })).toBeVisible();
  await expect(page.getByText("Provide materials")).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Provide materials" })).toHaveCount(0);
  await expect(page.getByRole("link", { name: "Materials", exact: true })).toHaveCount(0);
  await page.goto("/materials");
  await expect(page.getByText("There is no such page")).toBeVisible();
});

test.describe("in Japanese", () => {
  test.use({ locale: "ja-JP" });
  test("the page of materials speaks Japanese", async ({ page, signIn }) => {
    await signIn("demo-halden");
    await page.goto("/materials?show=rejected");
    await expect(page.getByRole("heading", { level: 1, name: "素材" })).toBeVisible();
    await page.locator("[data-line]").first().press("Enter");
    await expect(page.locator("[data-request]").first()).toBeVisible();
    await picture(page, "76-materials-ja");
    await page.keyboard.press("p");
    await expect(page.getByRole("dialog", { name: /^素材を提供: / })).toBeVisible();
    await page.getByLabel("ファイルを選択").setInputFiles(fileOf("script.pdf", "x"));
    await picture(page, "77-provide-ja");
  });
});
