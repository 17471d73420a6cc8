import { existsSync } from "node:fs";
import { defineConfig } from "@playwright/test";

const chromium = process.env.CHROMIUM ?? "/usr/bin/chromium";
if (!existsSync(chromium)) {
  throw new Error(`The tests of the page need Chromium and found none at ${chromium}: install it (apt-get install chromium), or say where it is with CHROMIUM=…`);
}

export default defineConfig({
  testDir: "e2e",
  testIgnore: process.env.GALLERY === undefined ? "gallery.spec.ts" : [], // pictures are made when they are asked for
  workers: 2,
  retries: process.env.CI === undefined ? 0 : 1, // what needs its second try is told as flaky at the end
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [["list"]],
  outputDir: "test-results",
  use: {
    viewport: { width: 1280, height: 800 },
    locale: "en-GB",
    timezoneId: "UTC",
    reducedMotion: "reduce",
    trace: "retain-on-failure",
    launchOptions: { executablePath: chromium, args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"] },
  },
});
