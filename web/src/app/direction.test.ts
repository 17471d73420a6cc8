import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { expect, test } from "vitest";

const src = join(import.meta.dirname, "..");
const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((f) => /\.tsx?$/.test(f));

/** The part of the page that a file belongs to: app, features/search, shared … */
function partOf(path: string): string {
  const [first = "", second = ""] = path.split("/");
  return first === "features" ? `${first}/${second}` : first;
}

function importsOf(file: string): string[] {
  const text = readFileSync(join(src, file), "utf8");
  return [...text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)]
    .map((m) => m[1] ?? "")
    .filter((to) => to.startsWith(".") || to.startsWith("@/"))
    .map((to) => (to.startsWith("@/") ? to.slice(2) : relative(src, join(src, file, "..", to))));
}

test("imports go from app to features to shared, never between features", () => {
  const wrong: string[] = [];
  let seen = 0;
  for (const file of files) {
    const from = partOf(file);
    for (const to of importsOf(file)) {
      seen++;
      const target = partOf(to);
      if (from === "app" || target === from || target === "shared") continue;
      wrong.push(`${file} imports ${to}`);
    }
  }
  expect(wrong).toEqual([]);
  expect(seen).toBeGreaterThan(50);
});

test("there are no barrel files", () => {
  expect(files.filter((f) => /(^|\/)index\.tsx?$/.test(f))).toEqual([]);
});
