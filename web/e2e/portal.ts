import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { expect, test as base, type Page } from "@playwright/test";

const binary = resolve(process.env.BACKLOT_BIN ?? "../bin/backlot");

/** A running server with demo data. */
export async function startPortal(...flags: string[]): Promise<{ url: string; stop: () => Promise<void> }> {
  if (!existsSync(binary)) throw new Error(`The tests of the page need the program and found none at ${binary}: run make build, or say where it is with BACKLOT_BIN=…`);
  const data = mkdtempSync(join(tmpdir(), "backlot-e2e-"));
  const server = spawn(binary, ["serve", "--demo", "--listen", "127.0.0.1:0", "--data", data, ...flags], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  server.stderr.on("data", (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4000)));
  const ended = new Promise<void>((done) => server.once("exit", () => done()));
  const stop = async () => {
    server.kill("SIGTERM");
    await ended;
    rmSync(data, { recursive: true, force: true });
  };
  const url = await Promise.race([
    (async () => {
      for await (const line of createInterface({ input: server.stdout })) {
        const found = /http:\/\/[\d.]+:\d+/.exec(line);
        if (found !== null) return found[0];
      }
      return undefined;
    })(),
    ended.then(() => undefined),
  ]);
  if (url === undefined) throw new Error(`the server ended before it listened:\n${said}`);
  await expect(async () => expect((await fetch(url + "/readyz")).status).toBe(200), `the server is not ready:\n${said}`).toPass({ timeout: 30_000 });
  return { url, stop };
}

interface TestFixtures {
  /** Signs in as one of the demo's people, without the sign-in page. */
  signIn: (token: string) => Promise<void>;
  /** Fails the test on whatever the page complains of. */
  clean: void;
}

const ownPortal = [
  // Playwright reads the names of what a fixture needs from this pattern.
  // oxlint-disable-next-line no-empty-pattern
  async ({}: object, use: (portal: { url: string }) => Promise<void>) => {
    const { url, stop } = await startPortal();
    await use({ url });
    await stop();
  },
  { scope: "worker", timeout: 60_000 },
] as const;

export const test = base.extend<TestFixtures, { portal: { url: string } }>({
  portal: [...ownPortal],
  baseURL: async ({ portal }, use) => use(portal.url),
  signIn: async ({ page, portal }, use) => {
    await use(async (token) => {
      const answer = await page.context().request.post(portal.url + "/api/v1/session", { data: { token }, headers: { Origin: portal.url } });
      expect(answer.status()).toBe(200);
    });
  },
  clean: [
    async ({ page }, use) => {
      const complaints: string[] = [];
      page.on("pageerror", (error) => complaints.push(String(error)));
      page.on("console", (message) => {
        // That an answer was a problem is for each test to judge; the browser reports it too.
        if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) complaints.push(message.text());
      });
      await use();
      expect(complaints).toEqual([]);
    },
    { auto: true },
  ],
});

/** Tests in a portal that those of no other file have changed. */
export function testAlone(): typeof test {
  return test.extend<object, { portal: { url: string } }>({ portal: [...ownPortal] });
}

/** Moves the item of a sortable list whose handle has the focus, each key once the page has said where the one before led. */
export async function moveByKeys(page: Page, ...keys: string[]): Promise<void> {
  const said = page.locator("[id^=DndLiveRegion]");
  await page.keyboard.press("Space");
  await expect(said).toHaveText(/place \d+ of \d+$/);
  for (const key of keys) {
    const before = (await said.textContent()) ?? "";
    await page.keyboard.press(key);
    await expect(said).not.toHaveText(before);
  }
  await page.keyboard.press("Space");
}

/** A picture for people to look at. */
export async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join("screenshots", name + ".png") });
}

/** The number that a bucket shows, read as a person would. */
export async function numberOf(page: Page, name: RegExp): Promise<number> {
  const text = await page.getByRole("button", { name }).innerText();
  return Number(text.replace(/\D/g, ""));
}

export { expect };
