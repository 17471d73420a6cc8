import { readFileSync } from "node:fs";
import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, picture, test } from "./portal";

// A test pattern of 10 seconds at 24 frames a second, with a clock in it.
const pattern = readFileSync(join(import.meta.dirname, "../../internal/demo/pattern-24.webm"));
// Times within times, one after the other, and counted in frames.
const imsc = Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>
<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter" xmlns:tts="http://www.w3.org/ns/ttml#styling"
    xml:lang="en" ttp:frameRate="24" ttp:profile="http://www.w3.org/ns/ttml/profile/imsc1/text">
  <head><layout><region xml:id="below" tts:origin="10% 80%" tts:extent="80% 15%"/></layout></head>
  <body region="below">
    <div begin="1s"><p begin="00:00:00:12" end="00:00:02.000"><span tts:fontStyle="italic">The clock</span><br/>
      begins.</p></div>
    <div begin="4s" timeContainer="seq"><p dur="1s">One.</p><p begin="0.5s" dur="24f">Two.</p></div>
    <div><p begin="7s" end="9s"><span begin="0s" end="1s">Three,</span> <span begin="1s" end="2s">four.</span></p></div>
  </body>
</tt>`);
const subtitles = Buffer.from("1\n00:00:01,000 --> 00:00:03,000\nThe pattern begins.\n");

/** Delivers a video with subtitles to an open request, as an upload client does, and returns the request and its title. */
async function deliver(page: Page, origin: string): Promise<{ id: string; title: string }> {
  const answer = await page.request.get("/api/v1/requests?status=Open&source_type=Trailer&sort=-due_date&limit=1&columns=title");
  const { rows } = (await answer.json()) as { rows: { request_id: string; title: string }[] };
  const { request_id: id, title } = rows[0] ?? { request_id: "", title: "" };
  const contents = [pattern, subtitles, imsc];
  const started = await page.request.post(`/api/v1/requests/${id}/deliveries`, {
    headers: { "Idempotency-Key": crypto.randomUUID(), Origin: origin },
    data: {
      files: [
        { name: "pattern.webm", size: pattern.length },
        { name: "pattern.srt", size: subtitles.length },
        { name: "pattern.ttml", size: imsc.length },
      ],
    },
  });
  expect(started.status(), await started.text()).toBe(201);
  const { delivery } = (await started.json()) as { delivery: { files: { upload: { endpoint: string; metadata: Record<string, string> } }[] } };
  for (const [i, { upload }] of delivery.files.entries()) {
    const metadata = Object.entries(upload.metadata)
      .map(([name, value]) => `${name} ${Buffer.from(value).toString("base64")}`)
      .join(",");
    const created = await page.request.post(upload.endpoint, { headers: { "Tus-Resumable": "1.0.0", "Upload-Length": String(contents[i]?.length), "Upload-Metadata": metadata, Origin: origin } });
    expect(created.status(), await created.text()).toBe(201);
    const sent = await page.request.patch(created.headers().location ?? "", { headers: { "Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream", Origin: origin }, data: contents[i] });
    expect(sent.status(), await sent.text()).toBe(204);
  }
  // Inspection has nothing against it: it awaits a verdict.
  await expect
    .poll(async () => {
      const { deliveries } = (await (await page.request.get(`/api/v1/requests/${id}/deliveries`)).json()) as { deliveries: { inspected_at: string | null; findings: unknown[] }[] };
      return deliveries.at(-1)?.inspected_at === null ? "not inspected" : JSON.stringify(deliveries.at(-1)?.findings);
    }, { timeout: 20_000 })
    .toBe("[]");
  return { id, title };
}

async function noViolation(page: Page, where: string): Promise<void> {
  for (const scheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    await picture(page, `80-${scheme}-${where}`);
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect.soft(violations.map((v) => `${where}, ${scheme}: ${v.id}, ${v.help}: ${v.nodes.map((n) => n.target.join(" ") + " " + (n.any[0]?.message ?? "")).join(" | ")}`)).toEqual([]);
  }
}

const timeOf = (page: Page) => page.locator("video").evaluate((video: HTMLVideoElement) => video.currentTime);

test("quality control plays what was delivered, marks an issue and fails it; the partner sees the frame and answers", async ({ page, signIn, portal }) => {
  test.slow(); // axe looks at three pages in two themes
  await signIn("demo-juniper");
  const { id, title } = await deliver(page, portal.url);

  await signIn("demo-qc");
  await page.goto("/");
  await expect(page).toHaveURL(/\/quality-control$/);
  await page.getByLabel("Search titles").fill(title);
  const row = page.getByRole("row", { name: new RegExp(id) });
  await expect(row).toBeVisible();
  await expect(page.getByRole("link", { name: "Quality Control", exact: true })).toHaveAttribute("aria-current", "page");
  await noViolation(page, "list");
  await row.focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`/quality-control/${id}$`));

  // The picture, by keys.
  const timecode = page.getByLabel("Timecode", { exact: true });
  await expect.poll(() => page.locator("video").evaluate((video: HTMLVideoElement) => video.readyState)).toBeGreaterThan(1);
  await page.keyboard.press("ArrowRight");
  await expect(timecode).toHaveValue("00:00:01:00");
  for (const frames of ["00:00:01:01", "00:00:01:02"]) {
    await page.keyboard.press(".");
    await expect(timecode).toHaveValue(frames);
  }
  await page.keyboard.press(",");
  await expect(timecode).toHaveValue("00:00:01:01");
  await page.keyboard.press("l");
  await expect(page.getByRole("button", { name: /^Pause/ })).toBeVisible();
  await page.keyboard.press("k");
  await expect(page.getByRole("button", { name: /^Play/ })).toBeVisible();
  await timecode.fill("210");
  await timecode.press("Enter");
  await expect(timecode).toHaveValue("00:00:02:10");
  await timecode.blur();

  // Marks begin an issue; what is entered outlives the page.
  await page.keyboard.press("i");
  await page.keyboard.press("ArrowRight");
  await expect(timecode).toHaveValue("00:00:03:10");
  await page.keyboard.press("o");
  const issue = page.getByRole("group", { name: "Issue 1" });
  await page.reload();
  await expect(issue.getByLabel("Timecode in")).toHaveValue("00:00:02:10");
  await expect(issue.getByLabel("Timecode out")).toHaveValue("00:00:03:10");
  await page.getByRole("button", { name: "Record the result" }).click();
  await expect(page.getByText("Choose whether it has passed.")).toBeVisible();
  await expect(issue.getByText("Say what is wrong.")).toBeVisible();
  await issue.getByRole("combobox", { name: "Type" }).fill("freeze");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(issue.getByRole("link", { name: "Help article" })).toBeVisible();
  await issue.getByLabel("Severity").selectOption("Blocker");
  await issue.getByLabel("What is wrong").fill("The pattern stands still.");
  await page.getByText("Passed", { exact: true }).click();
  await expect(page.getByText("A check with a Blocker has not passed.")).toBeVisible();
  await page.getByLabel("Subtitles").selectOption("pattern.srt");
  await expect.poll(() => page.locator("video").evaluate((video: HTMLVideoElement) => [...(video.textTracks[0]?.cues ?? [])].map((cue) => (cue as VTTCue).text))).toEqual(["The pattern begins."]);
  await noViolation(page, "workbench");
  await page.getByLabel("Subtitles").selectOption("pattern.ttml");
  await expect.poll(() => page.locator("video").evaluate((video: HTMLVideoElement) => [...(video.textTracks[0]?.cues ?? [])].map((cue) => [cue.startTime, cue.endTime, (cue as VTTCue).text]))).toEqual([
    [1.5, 3, "The clock\nbegins."],
    [4, 5, "One."],
    [5.5, 6.5, "Two."],
    [7, 8, "Three,"],
    [8, 9, "four."],
  ]);
  await timecode.fill("203");
  await timecode.press("Enter");
  await picture(page, "80-ttml");
  await timecode.blur();
  await page.getByText("Not passed", { exact: true }).click();
  await page.getByRole("button", { name: "Record the result" }).click();
  await expect(page).toHaveURL(/\/quality-control$/);
  await expect(page.getByText(`The result of ${id} is recorded: not passed`)).toBeVisible();

  // The partner sees the very frame.
  await signIn("demo-juniper");
  await page.goto(`/requests/${id}/quality-control`);
  const opens = page.waitForEvent("popup");
  await page.getByRole("link", { name: "00:00:02:10 – 00:00:03:10" }).click();
  const player = await opens;
  await expect(player.getByLabel("Timecode", { exact: true })).toHaveValue("00:00:02:10");
  const frame = 2 * 24 + 10;
  expect(await timeOf(player)).toBeGreaterThanOrEqual(frame / 24);
  expect(await timeOf(player)).toBeLessThan((frame + 1) / 24);
  await picture(player, "80-pop-out");
  await player.close();

  await page.getByRole("button", { name: "Freeze Frame", exact: true }).click();
  await expect(page.getByRole("link", { name: "The whole article" })).toBeVisible();
  await noViolation(page, "tab");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Answer Freeze Frame" }).click();
  await page.getByRole("radio", { name: "Will Fix" }).check();
  await page.getByRole("button", { name: "Send the answer" }).click();
  await expect(page.getByRole("cell", { name: /^Will Fix/ })).toContainText("Juniper Post");
});

test("what was checked leaves the list of work, and an empty list says so", async ({ page, signIn, portal }) => {
  await signIn("demo-juniper");
  const { id, title } = await deliver(page, portal.url);

  await signIn("demo-qc");
  const awaiting = async () => {
    const answer = await page.request.get("/api/v1/requests?quality_control=Awaiting&columns=title&limit=1000");
    return ((await answer.json()) as { rows: { request_id: string }[] }).rows.map((row) => row.request_id);
  };
  for (const other of await awaiting()) {
    if (other === id) continue;
    const passed = await page.request.post(`/api/v1/requests/${other}/quality-control`, { data: { check: "Spot", passed: true }, headers: { "Idempotency-Key": "emptied-" + other, Origin: portal.url } });
    expect(passed.status(), await passed.text()).toBeLessThan(300);
  }
  await expect.poll(awaiting).toEqual([id]);
  await page.goto("/quality-control");
  await expect(page.getByText("1 await a check")).toBeAttached();
  await page.getByRole("row", { name: new RegExp(id) }).focus();
  await page.keyboard.press("Enter");
  await page.getByText("Passed", { exact: true }).click();
  await page.getByRole("button", { name: "Record the result" }).click();
  await expect(page.getByText("Everything that was delivered has been checked.")).toBeVisible();
  await expect(page.getByText("0 await a check")).toBeAttached();
  await noViolation(page, "empty");
  await page.locator("label", { hasText: /^Passed/ }).click();
  await expect(page).toHaveURL(/show=passed$/);
  await page.getByLabel("Search titles").fill(title);
  await expect(page.getByRole("row", { name: new RegExp(id) })).toBeVisible();
  await picture(page, "81-passed");
});
