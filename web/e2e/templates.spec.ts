import { expect, picture, test } from "./portal";

test("a search is saved, shared, loaded by a colleague's star, renamed, begun with and deleted", async ({ page, signIn }) => {
  await signIn("demo-lantern");
  await page.goto("/requests?source_type=Dubs&-language=Dutch&group=language&bucket=requests");
  await expect(page.getByRole("grid")).toBeVisible();
  await page.getByRole("button", { name: "Save or load a template" }).click();
  const panel = page.getByRole("dialog", { name: "Templates" });
  await expect(panel.getByText("Source Type: Dubs · Language is not: Dutch · by Language")).toBeVisible();
  await panel.getByLabel("Name of the template").fill("Dubs, no Dutch");
  await panel.getByRole("checkbox", { name: "Share with Lantern Localisation" }).check();
  await panel.getByRole("button", { name: "Save", exact: true }).click();
  await expect(panel.getByText("This is the template “Dubs, no Dutch”")).toBeVisible();
  await expect(panel.getByLabel("Shared with your organisation")).toBeVisible();
  await picture(page, "26-template");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "This is the template “Dubs, no Dutch”" })).toBeVisible();

  // It loads modifiers and groupings; the open bucket and the order are those of a new search.
  await page.goto("/requests?status=Open&sort=title");
  await page.getByRole("button", { name: "Save or load a template" }).click();
  await panel.getByRole("button", { name: /^Dubs, no Dutch/ }).click();
  await expect(page).toHaveURL(/\/requests\?(-language=Dutch&source_type=Dubs|source_type=Dubs&-language=Dutch)&group=language$/);
  await expect(page.getByRole("row", { name: /^French/ })).toBeVisible();

  await page.getByRole("button", { name: "This is the template “Dubs, no Dutch”" }).click();
  await panel.getByRole("button", { name: "More for Dubs, no Dutch" }).click();
  await page.getByRole("menuitem", { name: "Rename" }).click();
  await panel.getByLabel("Name of the template").fill("Every dub");
  await panel.getByRole("button", { name: "Rename" }).click();
  await panel.getByRole("button", { name: "More for Every dub" }).click();
  await page.getByRole("menuitem", { name: "Begin with it" }).click();
  await expect(panel.getByLabel("You begin with this one")).toBeVisible();

  // The account begins with it: its pills are there, and Enter searches them.
  await page.goto("/");
  await expect(page.getByText("to begin with “Every dub”")).toBeVisible();
  await expect(page.getByRole("button", { name: "Source Type: Dubs", exact: true })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/source_type=Dubs.*&group=language$|group=language$/);
  await expect(page.getByRole("row", { name: /^French/ })).toBeVisible();

  await page.getByRole("button", { name: "This is the template “Every dub”" }).click();
  await panel.getByRole("button", { name: "More for Every dub" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await panel.getByRole("button", { name: "Delete" }).click();
  await expect(panel.getByText(/No templates yet/)).toBeVisible();
});
