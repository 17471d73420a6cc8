import { ttmlCues } from "./ttml";

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
  return /^\s*<(\?xml|!--|tt[\s:>]|[\w-]+:tt[\s>])/.test(plain) ? ttmlCues(plain) : blockCues(plain);
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
