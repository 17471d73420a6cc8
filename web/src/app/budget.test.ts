import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";

const dist = join(import.meta.dirname, "../../dist");
const most = 250_000; // bytes, gzipped, before the first search

/** The scripts that a browser loads before it shows anything: those of the page, and all that they import at once. */
function firstLoad(): Map<string, number> {
  const page = join(dist, "index.html");
  if (!existsSync(page)) throw new Error("The page is not built, so there is nothing to measure: npm run build.");
  const sizes = new Map<string, number>();
  const left = [...readFileSync(page, "utf8").matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].map((m) => m[1] ?? "");
  for (let file = left.pop(); file !== undefined; file = left.pop()) {
    if (sizes.has(file)) continue;
    const script = readFileSync(join(dist, file));
    sizes.set(file, gzipSync(script, { level: 9 }).length);
    // import a from"./b.js" and import"./b.js", but not import("./b.js").
    for (const [, to] of script.toString("utf8").matchAll(/\b(?:import|from)\s*["'](\.\/[^"']+\.js)["']/g)) left.push(join(dirname(file), to ?? ""));
  }
  return sizes;
}

test("before the first search, at most 250 kB of JavaScript are loaded", () => {
  const sizes = firstLoad();
  const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  expect(total).toBeGreaterThan(50_000); // else something was missed
  expect(total, JSON.stringify([...sizes])).toBeLessThanOrEqual(most);
});

test("what is needed later is loaded later", () => {
  const first = [...firstLoad().keys()].join("\n");
  expect(first).toContain("assets/index-");
  const all = readdirSync(join(dist, "assets"));
  for (const later of ["SortableList", "BulkDialog", "ColumnsPanel", "TemplatesPanel", "RowMenu", "Delivering", "RequestPage", "AccountsPage"]) {
    // A file of its own: what the page begins with is one file, whose name says nothing of what is in it.
    expect(all.some((file) => file.startsWith(later + "-") && file.endsWith(".js")), later).toBe(true);
    expect(first).not.toContain(later);
  }
});
