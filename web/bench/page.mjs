// Measures the page in Chromium over a running server, beside an empty page of the same origin, and prints the
// figures as JSON. `backlot bench --only page` runs it.
//
//   node bench/page.mjs URL REQUESTS ROUNDS, with the token of an operator in BACKLOT_TOKEN
import { chromium } from "@playwright/test";
import { scriptsIn } from "./trace.mjs";

const [url, requestCount, roundCount] = process.argv.slice(2);
const [requests, rounds] = [Number(requestCount), Number(roundCount)];
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const groupBy = "source_type,language";
const manyGroups = "title,language";
const stepPixels = 2000; // scrolled in each frame: some three screens
const readPixels = 240; // the same at a pace at which rows can be told apart: 14 screens a second
const readFrames = 600;
const longScript = 50; // ms
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
    /** Scrolls from one end to the other, or for some frames, a step each frame. */
    async scroll(element, step, most = Infinity) {
      let nodes = 0;
      let bare = 0; // rows that were drawn without what they show, in all frames
      let drawn = 0;
      const times = [];
      let before = performance.now();
      const end = element.scrollHeight - element.clientHeight;
      for (let top = 0; top < end && times.length < most; top += step) {
        element.scrollTo(0, top);
        await frame();
        const now = performance.now();
        times.push(now - before);
        before = now;
        if (times.length % 10 !== 0) continue;
        nodes = Math.max(nodes, document.getElementsByTagName("*").length);
        for (const row of document.querySelectorAll("[data-row]")) {
          drawn++;
          if (row.querySelector("a") === null) bare++;
        }
      }
      if (most === Infinity) element.scrollTo(0, element.scrollHeight);
      return { nodes, times, bare: drawn === 0 ? 0 : bare / drawn };
    },
  };
}

/** Returns once the page has nothing to do: it may have only just begun. */
const idle = (page) => page.evaluate(() => new Promise((done) => requestIdleCallback(() => requestIdleCallback(done))));

/** What the page's scripts cost while something is done. Either page is traced, so that it costs both the same. */
async function traced(page, act) {
  const browser = page.context().browser();
  await browser.startTracing(page, { categories: ["devtools.timeline", "disabled-by-default-devtools.timeline", "v8"] });
  const figures = await act();
  return { ...figures, traced: scriptsIn(await browser.stopTracing(), url, longScript) };
}

/** Bytes of the page's objects, without garbage. */
async function heap(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  await session.detach();
  return usedSize;
}

const digits = (text) => Number((text ?? "").replace(/\D/g, ""));

async function main() {
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"] });
  try {
    const context = await browser.newContext({ baseURL: url, viewport: { width: 1280, height: 800 }, locale: "en-GB", timezoneId: "UTC" });
    await context.addInitScript(instrument);
    const signedIn = await context.request.post("/api/v1/session", { data: { token: process.env.BACKLOT_TOKEN }, headers: { Origin: url } });
    if (!signedIn.ok()) throw new Error(`signing in: ${signedIn.status()} ${await signedIn.text()}`);
    const bucket = await aBucketOf(context, Math.min(100_000, requests / 10));
    const out = { browser: browser.version(), groups: 0, bucket: bucket.size, manyGroups: 0, firstLoad: [], enter: [], enterEmpty: [], open: [], openEmpty: [], scroll: [], scrollEmpty: [], read: [], groupsEnter: [], groupsScroll: [] };
    for (let round = 0; round < rounds; round++) {
      // One page after the other: a hidden one would take processor time as well.
      const fresh = await browser.newContext({ baseURL: url, viewport: { width: 1280, height: 800 }, storageState: await context.storageState() });
      out.firstLoad.push(await firstLoad(await fresh.newPage()));
      await fresh.close();
      const real = await context.newPage();
      const buckets = await enter(real, out);
      const list = await open(real, bucket, out);
      out.scroll.push(await scrollList(real, list.total));
      out.read.push(await scrollSlowly(real));
      await groups(real, out);
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

/** The smallest bucket, of everything or of a language, that is as large as is wanted. */
async function aBucketOf(context, wanted) {
  const answer = await (await context.request.get("/api/v1/buckets?group=language")).json();
  const all = [{ key: undefined, buckets: answer.buckets }, ...answer.groups.map((g) => ({ key: g.key.language, buckets: g.buckets }))];
  const found = all.flatMap((g) => Object.entries(g.buckets).map(([name, size]) => ({ name, size, language: g.key })));
  const [smallest] = found.filter((b) => b.size >= wanted).sort((a, b) => a.size - b.size);
  if (smallest === undefined) throw new Error(`no bucket has ${wanted} requests`);
  return smallest;
}

/** The JavaScript that comes before the first search, over the wire, and how long until one can type. */
async function firstLoad(page) {
  await page.goto("/search");
  await page.getByRole("combobox").waitFor();
  const ms = await page.evaluate(() => performance.now());
  await page.waitForLoadState("networkidle");
  const scripts = await page.evaluate(() => performance.getEntriesByType("resource").filter((r) => new URL(r.name).pathname.endsWith(".js")).map((r) => r.encodedBodySize));
  return { ms, bytes: scripts.reduce((sum, size) => sum + size, 0), files: scripts.length };
}

/** From Enter until the buckets of every group are painted; returns what was asked of the server. */
async function enter(page, out) {
  const { address, total, ...figures } = await searchGrouped(page, groupBy);
  out.groups = total;
  out.enter.push(figures);
  return address;
}

/** By title and language there are more groups than are ever sent. */
async function groups(page, out) {
  const { address: _, total, ...figures } = await searchGrouped(page, manyGroups);
  out.manyGroups = total;
  out.groupsEnter.push(figures);
  await idle(page);
  out.groupsScroll.push(
    await traced(page, async () => {
      const { nodes, times } = await page.evaluate(async (step) => {
        window.bench.begin();
        return window.bench.scroll(document.querySelector("[role=table]").parentElement, step);
      }, stepPixels);
      return { nodes, pages: 0, frames: times, ...(await page.evaluate(() => window.bench.end())) };
    }),
  );
}

async function searchGrouped(page, by) {
  await page.goto(`/requests?language=French&group=${by}`);
  const numbers = (entry) => page.locator(`[data-entry="${entry}"][data-bucket="requests"]`);
  await page.locator('[data-entry="1"][data-bucket="all"]').waitFor(); // its other numbers may be none
  await page.waitForFunction(() => document.querySelector('[role=table][aria-busy="false"]') !== null);
  await page.evaluate(() => document.fonts.ready);
  const few = digits(await numbers(0).innerText());
  await page.getByRole("button", { name: "Remove Language: French" }).click();
  await idle(page);
  const asked = page.waitForResponse((r) => r.url().includes("/api/v1/buckets"));
  const figures = await traced(page, async () => {
    await page.evaluate((before) => {
      const number = (entry) => Number(document.querySelector(`[data-entry="${entry}"][data-bucket="requests"]`)?.textContent.replace(/\D/g, "") ?? 0);
      window.bench.begin();
      window.measured = window.bench.from("keydown", () => number(0) > before && document.querySelector('[data-entry="1"][data-bucket="all"]') !== null && document.querySelector('[role=table][aria-busy="false"]') !== null);
    }, few);
    await page.keyboard.press("Enter");
    const ms = await page.evaluate(() => window.measured);
    return { ms, ...(await page.evaluate(() => window.bench.end())) };
  });
  const response = await asked;
  return { address: response.url(), total: (await response.json()).groups_total, ...figures };
}

/** From a click on a bucket's number until its first rows are painted. */
async function open(page, bucket, out) {
  await page.goto(bucket.language === undefined ? "/requests" : `/requests?group=language&groups_q=${encodeURIComponent(bucket.language)}`);
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
  out.open.push(
    await traced(page, async () => {
      await page.evaluate(() => {
        window.bench.begin();
        window.measured = window.bench.from("click", () => (document.querySelector('[data-row="0"] a') ?? null) !== null);
      });
      await number.click();
      const ms = await page.evaluate(() => window.measured);
      return { ms, ...(await page.evaluate(() => window.bench.end())) };
    }),
  );
  const response = await asked;
  const { total } = await response.json();
  if (total !== bucket.size) throw new Error(`a bucket of ${bucket.size} has ${total} rows`);
  return { url: response.url(), total };
}

/** The open list from its first row to its last. */
async function scrollList(page, total) {
  let pages = 0;
  const count = (r) => (pages += r.url().includes("/api/v1/requests?") ? 1 : 0);
  page.on("request", count);
  const heapBefore = await heap(page);
  const figures = await traced(page, async () => {
    const { nodes, times } = await page.evaluate(async (step) => {
      window.bench.begin();
      return window.bench.scroll(document.querySelector("[role=table]").parentElement, step);
    }, stepPixels);
    return { nodes, frames: times, ...(await page.evaluate(() => window.bench.end())) };
  });
  await page.locator(`[data-row="${total - 1}"] a`).first().waitFor();
  page.off("request", count);
  return { ...figures, pages, heapBefore, heapAfter: await heap(page) };
}

/** The list again from its beginning, no faster than somebody could look for something in it. */
async function scrollSlowly(page) {
  await page.evaluate(() => document.querySelector("[role=table]").parentElement.scrollTo(0, 0));
  await page.locator('[data-row="0"] a').first().waitFor();
  return await traced(page, async () => {
    const { nodes, times, bare } = await page.evaluate(
      async ([step, most]) => {
        window.bench.begin();
        return window.bench.scroll(document.querySelector("[role=table]").parentElement, step, most);
      },
      [readPixels, readFrames],
    );
    return { nodes, bare, pages: 0, frames: times, ...(await page.evaluate(() => window.bench.end())) };
  });
}

/** The same of a page with nothing in it: it asks the server the same, shows nothing of it, and scrolls as far. */
async function beside(page, buckets, list, out) {
  await page.route("**" + emptyPath, (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html><html lang=en><title>Empty</title><body></body></html>" }));
  await page.goto(emptyPath);
  const asks = async (event, address, act) => {
    await idle(page);
    return await traced(page, async () => {
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
    });
  };
  out.enterEmpty.push(await asks("keydown", buckets, () => page.keyboard.press("Enter")));
  out.openEmpty.push(await asks("click", list.url, () => page.mouse.click(600, 300)));
  out.scrollEmpty.push(
    await traced(page, async () => {
      const { nodes, times } = await page.evaluate(
        async ([step, height]) => {
          document.body.append(Object.assign(document.createElement("div"), { style: `height:${height}px` }));
          window.bench.begin();
          return window.bench.scroll(document.documentElement, step);
        },
        [stepPixels, list.total * 32],
      );
      return { nodes, pages: 0, frames: times, ...(await page.evaluate(() => window.bench.end())) };
    }),
  );
}

await main();
