import type { Cue } from "./cues";

/** How a file of TTML counts time. */
export interface Timing {
  smpte: boolean; // times are labels of frames
  drop: boolean; // of which some do not exist
  rate: number; // frames of a labelled second
  multiplier: number; // of the rate
  ticks: number; // a second
}

/** Reads the parameters of the outermost element. */
export function timingOf(parameter: (name: string) => string | null): Timing {
  const number = (name: string) => Number(parameter(name) ?? 0) || undefined;
  const [up = 1, down = 1] = (parameter("frameRateMultiplier") ?? "1 1").trim().split(/[\s:]+/).map(Number);
  const rate = number("frameRate");
  const smpte = parameter("timeBase") === "smpte";
  return {
    smpte,
    drop: smpte && parameter("dropMode") === "dropNTSC",
    rate: rate ?? 30,
    multiplier: up / down,
    ticks: number("tickRate") ?? (rate === undefined ? 1 : rate * (number("subFrameRate") ?? 1)),
  };
}

/** A time expression in seconds. */
export function secondsOf(text: string | null, timing: Timing): number | undefined {
  const clock = /^(\d{2,}):(\d{2}):(\d{2})(?:(\.\d+)|[:;](\d{2,})(?:\.\d+)?)?$/.exec(text?.trim() ?? "");
  if (clock !== null) {
    const [hours, minutes, rest, part, frames] = clock.slice(1).map((group) => Number(group ?? 0)) as [number, number, number, number, number];
    const whole = hours * 3600 + minutes * 60 + rest;
    if (!timing.smpte) return whole + part + frames / (timing.rate * timing.multiplier);
    const passed = hours * 60 + minutes;
    const dropped = timing.drop ? (timing.rate / 15) * (passed - Math.floor(passed / 10)) : 0;
    return (whole * timing.rate + frames - dropped) / (timing.rate * timing.multiplier);
  }
  const counted = /^(\d+(?:\.\d+)?)(h|ms|m|s|f|t)$/.exec(text?.trim() ?? "");
  if (counted === null) return undefined;
  const unit = { h: 3600, m: 60, s: 1, ms: 0.001, f: 1 / (timing.rate * timing.multiplier), t: 1 / timing.ticks }[counted[2] as "h"];
  return Number(counted[1]) * unit;
}

/** Reads TTML and IMSC. Browsers bring a parser of XML along that runs nothing. */
export function ttmlCues(text: string): Cue[] {
  const root = new DOMParser().parseFromString(text, "application/xml").documentElement;
  const timing = timingOf((name) => [...root.attributes].find((a) => a.localName === name && a.namespaceURI?.endsWith("#parameter"))?.value ?? null);
  const cues: Cue[] = [];
  const add = (cue: Cue) => {
    if (cue.text !== "" && cue.to !== Infinity) cues.push(cue);
  };

  // Times count from the beginning of what an element stands in, or from the
  // end of the one before it; returns when the element ends.
  const read = (element: Element, start: number, limit: number): number => {
    const time = (name: string) => secondsOf(element.getAttribute(name), timing);
    const from = start + (time("begin") ?? 0);
    const to = Math.min(limit, start + (time("end") ?? Infinity), from + (time("dur") ?? Infinity));
    if (to <= from) return to;
    if (element.localName === "p" || element.localName === "span") {
      add({ from, to, text: textOf(element) });
      for (const child of timedWithin(element)) read(child, from, to);
      return to;
    }
    const inTurn = element.getAttribute("timeContainer") === "seq";
    let at = from;
    for (const child of element.children) {
      const end = ["div", "p"].includes(child.localName) ? read(child, at, to) : at;
      if (inTurn && end !== Infinity) at = end;
    }
    return to;
  };
  for (const body of root.children) if (body.localName === "body") read(body, 0, Infinity);
  return cues.toSorted((a, b) => a.from - b.from || a.to - b.to);
}

const isTimed = (element: Element) => ["begin", "end", "dur"].some((name) => element.hasAttribute(name));

/** The outermost elements within that have times of their own. */
function timedWithin(element: Element): Element[] {
  return [...element.children].flatMap((child) => (isTimed(child) ? [child] : timedWithin(child)));
}

/** What is said for as long as the element lasts. */
function textOf(element: Element): string {
  const lines = (node: Node): string => {
    if (node.nodeType === Node.TEXT_NODE) return (node.textContent ?? "").replaceAll(/\s+/g, " ");
    if (!(node instanceof Element)) return "";
    if (node.localName === "br") return "\n";
    if (node.localName === "metadata" || node.namespaceURI?.endsWith("#metadata") || (node !== element && isTimed(node))) return "";
    return [...node.childNodes].map(lines).join("");
  };
  return lines(element).replaceAll(/ *\n */g, "\n").trim();
}
