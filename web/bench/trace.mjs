// What scripts of the page cost the thread that shows it, from Chromium's trace.

// What makes scripts run: whatever one of these holds is one piece of work.
const entries = new Set(["EventDispatch", "TimerFire", "FireAnimationFrame", "FunctionCall", "RunMicrotasks", "EvaluateScript", "v8.evaluateModule"]);

/**
 * The pieces of work of an origin's scripts that took longer than a bound, in
 * ms: by the clock, and by what the processor spent on them, which waiting for
 * a processor does not lengthen.
 */
export function scriptsIn(trace, origin, bound) {
  const events = JSON.parse(trace.toString("utf8")).traceEvents;
  const shows = new Set(events.filter((e) => e.ph === "M" && e.name === "thread_name" && e.args.name === "CrRendererMain").map((e) => `${e.pid}/${e.tid}`));
  const byThread = new Map();
  for (const e of events) {
    const thread = `${e.pid}/${e.tid}`;
    if (e.ph !== "X" || !entries.has(e.name) || !shows.has(thread)) continue;
    if (!byThread.has(thread)) byThread.set(thread, []);
    byThread.get(thread).push(e);
  }
  const pieces = [];
  for (const all of byThread.values()) {
    all.sort((a, b) => a.ts - b.ts || b.dur - a.dur);
    let outer;
    for (const e of all) {
      if (outer === undefined || e.ts >= outer.ts + outer.dur) pieces.push((outer = { name: e.name, type: e.args?.data?.type, ts: e.ts, dur: e.dur, clock: e.dur / 1000, processor: e.tdur / 1000, own: false }));
      outer.own ||= (e.args?.data?.url ?? "").startsWith(origin) || (e.args?.data?.fileName ?? "").startsWith(origin);
    }
  }
  const own = pieces.filter((p) => p.own);
  const longest = (of) => own.reduce((most, p) => Math.max(most, p[of]), 0);
  return {
    pieces: own.length,
    processorTotal: own.reduce((sum, p) => sum + p.processor, 0),
    long: own.filter((p) => p.processor > bound).map(({ name, type, clock, processor }) => ({ name, type, clock, processor })),
    longestClock: longest("clock"),
    longestProcessor: longest("processor"),
  };
}
