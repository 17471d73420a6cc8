// Measures the page in Chromium over a running server, beside an empty page of the same origin, and prints the
// figures as JSON. `backlot bench --only page` runs it.
//
//   node bench/page.mjs URL REQUESTS ROUNDS, with the token of an operator in BACKLOT_TOKEN
import { chromium } from "@playwright/test";

const [url, requestCount, roundCount] = process.argv.slice(2);
const [requests, rounds] = [Number(requestCount), Number(roundCount)];
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const groupBy = "source_type,language";
const stepPixels = 2000; // scrolled in each frame: some three screens
const emptyPath = "/empty-page-of-the-benchmark";

/** Runs in every page before its own code. */
function instrument() {
  const tasks = [];
  const frames = [];
  const longTasks = new PerformanceObserver((list) => tasks.push(...list.getEntries()));
  const longFrames = new PerformanceObserver((list) => frames.push(...list.getEntries()));
  longTasks.observe({ type: "longtask" });
  longFrames.observe({ type: "long-animation-frame" });
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const painted = () =>
    new Promise((done) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => done(performance.now()); // comes after the frame that is being made
      requestAnimationFrame(() => port2.postMessage(0));
    });
  window.bench = {
    painted,
    begin() {
      longTasks.takeRecords();
      longFrames.takeRecords();
      tasks.length = frames.length = 0;
    },
    end() {
      tasks.push(...longTasks.takeRecords());
      frames.push(...longFrames.takeRecords());
      const scripts = frames.flatMap((f) => f.scripts.filter((s) => s.sourceURL.startsWith(location.origin)));
      return {
        tasks: tasks.map((t) => t.duration),
        scripts: scripts.filter((s) => s.duration > 50).map((s) => ({ ms: s.duration, layout: s.forcedStyleAndLayoutDuration, invoker: s.invoker, name: s.sourceFunctionName, source: s.sourceURL })),
      };
    },
    /** How long from the next event of a type until something is true and painted. */
    async from(type, isThere) {
      const event = await new Promise((done) => window.addEventListener(type, done, { capture: true, once: true }));
      while (!isThere()) await frame();
      return (await painted()) - event.timeStamp;
    },
    /** Scrolls from one end to the other, a step each frame. */
    async scroll(element, step) {
      let nodes = 0;
      const times = [];
      let before = performance.now();
      for (let top = 0; top < element.scrollHeight - element.clientHeight; top += step) {
        element.scrollTo(0, top);
        await frame();
        const now = performance.now();
        times.push(now - before);
        before = now;
        if (times.length % 10 === 0) nodes = Math.max(nodes, document.getElementsByTagName("*").length);
      }
      element.scrollTo(0, element.scrollHeight);
      return { nodes, times };
    },
  };
}

/** Returns once the page has nothing to do: it may have only just begun. */
const idle = (page) => page.evaluate(() => new Promise((done) => requestIdleCallback(() => requestIdleCallback(done))));

const digits = (text) => Number((text ?? "").replace(/\D/g, ""));

async function main() {
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"] });
  try {
    const context = await browser.newContext({ baseURL: url, viewport: { width: 1280, height: 800 }, locale: "en-GB", timezoneId: "UTC" });
    await context.addInitScript(instrument);
    const signedIn = await context.request.post("/api/v1/session", { data: { token: process.env.BACKLOT_TOKEN }, headers: { Origin: url } });
    if (!signedIn.ok()) throw new Error(`signing in: ${signedIn.status()} ${await signedIn.text()}`);
    const bucket = await aBucketOf(context, Math.min(100_000, requests / 10));
    const out = { browser: browser.version(), groups: 0, bucket: bucket.size, enter: [], enterEmpty: [], open: [], openEmpty: [], scroll: [], scrollEmpty: [] };
    for (let round = 0; round < rounds; round++) {
      // One page after the other: a hidden one would take processor time as well.
      const real = await context.newPage();
      const buckets = await enter(real, out);
      const list = await open(real, bucket, out);
      out.scroll.push(await scrollList(real, list.total));
      await real.close();
      const empty = await context.newPage();
      await beside(empty, buckets, list, out);
      await empty.close();
    }
    process.stdout.write(JSON.stringify(out) + "\n");
  } finally {
    await browser.close();
  }
}

/** The bucket of a language whose size is nearest to what is wanted. */
async function aBucketOf(context, wanted) {
  const answer = await (await context.request.get("/api/v1/buckets?group=language")).json();
  const all = [{ key: undefined, buckets: answer.buckets }, ...answer.groups.map((g) => ({ key: g.key.language, buckets: g.buckets }))];
  const found = all.flatMap((g) => Object.entries(g.buckets).map(([name, size]) => ({ name, size, language: g.key })));
  const [nearest] = found.sort((a, b) => Math.abs(a.size - wanted) - Math.abs(b.size - wanted));
  return nearest;
}

/** From Enter until the buckets of every group are painted; returns what was asked of the server. */
async function enter(page, out) {
  await page.goto(`/requests?language=French&group=${groupBy}`);
  const numbers = (entry) => page.locator(`[data-entry="${entry}"][data-bucket="requests"]`);
  await numbers(1).waitFor();
  await page.waitForFunction(() => document.querySelector('[role=table][aria-busy="false"]') !== null);
  await page.evaluate(() => document.fonts.ready);
  const few = digits(await numbers(0).innerText());
  await page.getByRole("button", { name: "Remove Language: French" }).click();
  await idle(page);
  const asked = page.waitForResponse((r) => r.url().includes("/api/v1/buckets"));
  await page.evaluate((before) => {
    const number = (entry) => Number(document.querySelector(`[data-entry="${entry}"][data-bucket="requests"]`)?.textContent.replace(/\D/g, "") ?? 0);
    window.bench.begin();
    window.measured = window.bench.from("keydown", () => number(0) > before && number(1) > 0 && document.querySelector('[role=table][aria-busy="false"]') !== null);
  }, few);
  await page.keyboard.press("Enter");
  const response = await asked;
  const ms = await page.evaluate(() => window.measured);
  out.groups = (await response.json()).groups_total;
  out.enter.push({ ms, ...(await page.evaluate(() => window.bench.end())) });
  return response.url();
}

/** From a click on a bucket's number until its first rows are painted. */
async function open(page, bucket, out) {
  await page.goto(`/requests?group=language&groups_q=${encodeURIComponent(bucket.language ?? "")}`);
  const entry = await page.waitForFunction(
    ([name, size]) => {
      if (document.querySelector('[role=table][aria-busy="false"]') === null) return null;
      const found = [...document.querySelectorAll(`[data-bucket="${name}"]`)].find((e) => Number(e.textContent.replace(/\D/g, "")) === size);
      return found?.dataset.entry ?? null;
    },
    [bucket.name, bucket.size],
  );
  const number = page.locator(`[data-entry="${await entry.jsonValue()}"][data-bucket="${bucket.name}"]`);
  await number.hover();
  await idle(page);
  const asked = page.waitForResponse((r) => r.url().includes("/api/v1/requests?"));
  await page.evaluate(() => {
    window.bench.begin();
    window.measured = window.bench.from("click", () => (document.querySelector('[data-row="0"] a') ?? null) !== null);
  });
  await number.click();
  const response = await asked;
  const ms = await page.evaluate(() => window.measured);
  out.open.push({ ms, ...(await page.evaluate(() => window.bench.end())) });
  const { total } = await response.json();
  if (total !== bucket.size) throw new Error(`a bucket of ${bucket.size} has ${total} rows`);
  return { url: response.url(), total };
}

/** The open list from its first row to its last. */
async function scrollList(page, total) {
  let pages = 0;
  const count = (r) => (pages += r.url().includes("/api/v1/requests?") ? 1 : 0);
  page.on("request", count);
  const { nodes, times } = await page.evaluate(async (step) => {
    window.bench.begin();
    return window.bench.scroll(document.querySelector("[role=table]").parentElement, step);
  }, stepPixels);
  await page.locator(`[data-row="${total - 1}"] a`).first().waitFor();
  page.off("request", count);
  return { nodes, pages, frames: times, ...(await page.evaluate(() => window.bench.end())) };
}

/** The same of a page with nothing in it: it asks the server the same, shows nothing of it, and scrolls as far. */
async function beside(page, buckets, list, out) {
  await page.route("**" + emptyPath, (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html><html lang=en><title>Empty</title><body></body></html>" }));
  await page.goto(emptyPath);
  const asks = async (event, address, act) => {
    await idle(page);
    await page.evaluate(
      ([type, from]) => {
        let came = false;
        window.addEventListener(type, async () => (came = (await (await fetch(from)).json()) !== null), { once: true });
        window.bench.begin();
        window.measured = window.bench.from(type, () => came);
      },
      [event, address],
    );
    await act();
    const ms = await page.evaluate(() => window.measured);
    return { ms, ...(await page.evaluate(() => window.bench.end())) };
  };
  out.enterEmpty.push(await asks("keydown", buckets, () => page.keyboard.press("Enter")));
  out.openEmpty.push(await asks("click", list.url, () => page.mouse.click(600, 300)));
  const { nodes, times } = await page.evaluate(
    async ([step, height]) => {
      document.body.append(Object.assign(document.createElement("div"), { style: `height:${height}px` }));
      window.bench.begin();
      return window.bench.scroll(document.documentElement, step);
    },
    [stepPixels, list.total * 32],
  );
  out.scrollEmpty.push({ nodes, pages: 0, frames: times, ...(await page.evaluate(() => window.bench.end())) });
}

await main();
