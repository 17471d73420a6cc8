import { readFileSync } from "node:fs";
import { expect, picture, test } from "./portal";

const ja = JSON.parse(readFileSync("src/shared/i18n/ja.json", "utf8")) as { server: Record<string, Record<string, string>> };

test.describe("a reader of Japanese", () => {
  test.use({ locale: "ja-JP" });

  test("is shown the page in Japanese, and English if that is chosen", async ({ page, signIn }) => {
    await signIn("demo-juniper");
    await page.goto("/");
    await expect(page.locator("html")).toHaveAttribute("lang", "ja");
    await expect(page.getByText("担当分がすべて表示されます")).toBeVisible();
    await page.keyboard.press("Enter");
    await expect(page.getByRole("button", { name: /緊急、?,? ?すべて$/ })).toBeVisible();
    await page.goto("/requests?bucket=requests&due_date=2026..2030&sort=due_date");
    await expect(page.getByRole("gridcell", { name: /^\d+月\d+日$/ }).first()).toBeVisible();
    await page.locator("[data-row='1']").getByRole("checkbox").click();
    await expect(page.getByText("1 件を選択中")).toBeVisible();
    await picture(page, "32-japanese");
    await page.getByRole("button", { name: "Juniper Post" }).click();
    await page.getByRole("menuitem", { name: "English" }).click();
    await expect(page.locator("html")).toHaveAttribute("lang", "en");
    await expect(page).toHaveURL(/bucket=requests/);
    await expect(page.getByRole("columnheader", { name: "Due Date" })).toBeVisible();
  });
});

test("all that the server names has a word in Japanese", async ({ page, signIn }) => {
  await signIn("demo-operator");
  const catalogue = (await (await page.request.get("/api/v1/modifiers")).json()) as Record<"modifiers" | "groupings" | "columns" | "buckets", { name?: string; key?: string; values?: string[] }[]>;
  const missing: string[] = [];
  let looked = 0;
  const want = (kind: string, key: string) => {
    looked++;
    if (ja.server[kind]?.[key] === undefined) missing.push(`${kind}.${key}`);
  };
  for (const m of catalogue.modifiers) {
    want("modifier", m.name ?? "");
    want("modifierHelp", m.name ?? "");
    for (const value of m.values ?? []) want("value", value);
  }
  for (const g of catalogue.groupings) want("grouping", g.name ?? "");
  for (const c of catalogue.columns) want("column", c.name ?? "");
  for (const b of catalogue.buckets) want("bucket", b.key ?? "");
  expect(missing).toEqual([]);
  expect(looked).toBeGreaterThan(90);
});
