import type { Schemas } from "@/shared/api/client";

export type MaterialKind = Schemas["MaterialKind"];

export const kinds: readonly MaterialKind[] = ["Video", "Audio", "Timed Text", "Document"];

const endings: Record<Exclude<MaterialKind, "Document">, readonly string[]> = {
  Video: ["mov", "mp4", "m4v", "mxf", "mkv", "webm", "avi", "mpg", "mpeg", "ts", "m2ts", "imf", "dpx", "prores", "braw", "r3d"],
  Audio: ["wav", "bwf", "rf64", "w64", "aif", "aiff", "flac", "mp3", "m4a", "aac", "ac3", "ec3", "eac3", "ogg", "opus", "atmos", "adm"],
  "Timed Text": ["srt", "vtt", "ttml", "dfxp", "itt", "imsc", "imscr", "scc", "stl", "ass", "ssa", "sub", "cap", "sbv", "pac"],
};

// An XML file may be anything; these words say that it is timed text.
const timedText = /(^|[^a-z])(ttml|imsc|dfxp|subs?|subtitles?|captions?|cc|sdh|forced)([^a-z]|$)/i;

/** The kind that a file's name tells; what it does not tell is a document. */
export function kindOf(name: string): MaterialKind {
  const dot = name.lastIndexOf(".");
  const ending = dot < 0 ? "" : name.slice(dot + 1).toLowerCase();
  for (const kind of ["Video", "Audio", "Timed Text"] as const) if (endings[kind].includes(ending)) return kind;
  return ending === "xml" && timedText.test(name.slice(0, dot)) ? "Timed Text" : "Document";
}
