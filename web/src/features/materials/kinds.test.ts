import { expect, test } from "vitest";
import { kindOf } from "./kinds";

test("a material's kind is told by its name", () => {
  expect(["Reel 1.MOV", "mix_51.wav", "ko_v2.srt", "hosh_e03_sdh.xml", "IMSC-en.xml", "cpl.xml", "subway map.xml", "script.pdf", "README", "a.b/c"].map(kindOf)).toEqual([
    "Video",
    "Audio",
    "Timed Text",
    "Timed Text",
    "Timed Text",
    "Document",
    "Document",
    "Document",
    "Document",
    "Document",
  ]);
});
