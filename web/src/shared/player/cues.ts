/** A subtitle: when it is shown, in seconds, and its lines. */
export interface Cue {
  from: number;
  to: number;
  text: string;
}

/** The names of timed text that the page can show. */
export function isTimedText(name: string): boolean {
  return /\.(srt|vtt|ttml|dfxp|xml|itt)$/i.test(name);
}

/** Reads SubRip, WebVTT and TTML; what it does not understand it leaves out. */
export function readCues(text: string): Cue[] {
  const plain = text.replace(/^\uFEFF/, "");
  return /^\s*<(\?xml|tt[\s:>])/.test(plain) ? ttmlCues(plain) : blockCues(plain);
}

const times = /^\s*((?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3})\s*-->\s*((?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3})/;

// SubRip and WebVTT are alike: blocks of lines, one of which holds the times.
function blockCues(text: string): Cue[] {
  const cues: Cue[] = [];
  for (const block of text.replaceAll(/\r\n?/g, "\n").split(/\n{2,}/)) {
    const lines = block.split("\n");
    const at = lines.findIndex((line) => times.test(line));
    const found = times.exec(lines[at] ?? "");
    if (found === null) continue;
    const said = lines
      .slice(at + 1)
      .join("\n")
      .replaceAll(/<[^>]*>|\{\\[^}]*\}/g, "")
      .trim();
    cues.push({ from: clock(found[1]!), to: clock(found[2]!), text: said });
  }
  return cues;
}

function clock(text: string): number {
  return text
    .replace(",", ".")
    .split(":")
    .reduce((sum, part) => sum * 60 + Number(part), 0);
}

// Browsers bring a parser of XML along that runs nothing.
function ttmlCues(text: string): Cue[] {
  const document = new DOMParser().parseFromString(text, "application/xml");
  const root = document.documentElement;
  const parameter = (name: string) => root.getAttributeNS("http://www.w3.org/ns/ttml#parameter", name);
  const [up = 1, down = 1] = (parameter("frameRateMultiplier") ?? "1 1").split(/\s+/).map(Number);
  const frames = (Number(parameter("frameRate") ?? 30) * up) / down;
  const ticks = Number(parameter("tickRate") ?? 1);
  const cues: Cue[] = [];
  for (const p of document.getElementsByTagNameNS("*", "p")) {
    const from = offset(p.getAttribute("begin"), frames, ticks);
    const length = offset(p.getAttribute("dur"), frames, ticks);
    const to = offset(p.getAttribute("end"), frames, ticks) ?? (from !== undefined && length !== undefined ? from + length : undefined);
    if (from === undefined || to === undefined) continue;
    cues.push({ from, to, text: linesOf(p).trim() });
  }
  return cues;
}

function linesOf(node: Node): string {
  if (node.nodeType === Node.TEXT_NODE) return (node.textContent ?? "").replaceAll(/\s+/g, " ");
  if ((node as Element).localName === "br") return "\n";
  return [...node.childNodes].map(linesOf).join("");
}

/** A time expression of TTML in seconds. */
export function offset(text: string | null, frames: number, ticks: number): number | undefined {
  const clocked = /^(\d+):(\d{2}):(\d{2})(?:(\.\d+)|:(\d+))?$/.exec(text ?? "");
  if (clocked !== null) return Number(clocked[1]) * 3600 + Number(clocked[2]) * 60 + Number(clocked[3]) + Number(clocked[4] ?? 0) + Number(clocked[5] ?? 0) / frames;
  const counted = /^(\d+(?:\.\d+)?)(h|ms|m|s|f|t)$/.exec(text ?? "");
  if (counted === null) return undefined;
  const unit = { h: 3600, m: 60, s: 1, ms: 0.001, f: 1 / frames, t: 1 / ticks }[counted[2] as "h"];
  return Number(counted[1]) * unit;
}
