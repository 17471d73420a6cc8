import { expect, picture, test } from "./portal";

test("the palette goes to a page, a request and a search; a question mark shows the keys", async ({ page, signIn }) => {
  await signIn("demo-juniper");
  await page.goto("/");
  await expect(page.getByText(/Press Enter/)).toBeVisible();
  await page.keyboard.press("Control+k");
  const palette = page.getByRole("dialog", { name: "Go to anything" });
  await expect(palette.getByRole("combobox")).toBeFocused();
  await page.keyboard.type("help");
  await expect(palette.getByRole("option", { name: "Help", exact: true })).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Help", level: 1 })).toBeVisible();
  await expect(page.getByText("Everything that is open: Open or Redelivery Requested.")).toBeVisible();
  await expect(page.getByText("next 14 days").first()).toBeVisible();
  await picture(page, "50-help");
  await page.getByLabel("Search issues").fill("freeze video");
  await page.getByRole("region", { name: "Quality control issues" }).getByRole("link").click();
  await expect(page.getByRole("heading", { name: "Freeze Frame", level: 1 })).toBeVisible();
  await expect(page.getByRole("heading", { name: "How it is put right" })).toBeVisible();
  await page.goBack();
  await page.getByLabel("Search findings").fill("time base smpte");
  await page.getByLabel("Search findings").scrollIntoViewIfNeeded();
  await picture(page, "50-help-findings");
  await page.getByRole("link", { name: "Time Base Conflict" }).click();
  await expect(page).toHaveURL(/\/help\/findings\/time-base-conflict$/);
  await expect(page.getByRole("heading", { name: "What to do" })).toBeVisible();
  await picture(page, "50-help-finding");
  await page.getByRole("link", { name: "‹ Help" }).click();
  await expect(page.getByRole("heading", { name: "Help", level: 1 })).toBeVisible();

  await page.keyboard.press("Shift+?");
  const keys = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await expect(keys.getByText("Estimated delivery date").first()).toBeVisible();
  await picture(page, "51-shortcuts");
  await page.keyboard.press("Escape");
  await expect(keys).toHaveCount(0);

  await page.getByRole("button", { name: "Go to anything" }).click();
  await page.keyboard.type("tram");
  const found = palette.getByRole("option", { name: /The Last Tram/ }).first();
  await expect(found).toBeVisible();
  await expect(palette.getByText("Nothing is called that.")).toHaveCount(0);
  await picture(page, "52-palette");
  await found.click();
  await expect(page.getByRole("heading", { name: /The Last Tram/, level: 1 })).toBeVisible();

  await page.keyboard.press("Control+k");
  await expect(palette.getByRole("combobox")).toBeFocused();
  await page.keyboard.type("tram");
  await palette.getByRole("option", { name: /Search for titles/ }).click();
  await expect(page).toHaveURL(/requests\?title=tram/);

  // What the search shows is arranged from there, too.
  await page.keyboard.press("Control+k");
  await expect(palette.getByRole("combobox")).toBeFocused();
  await page.keyboard.type("group by lang");
  await palette.getByRole("option", { name: "Group by Language" }).click();
  await expect(page).toHaveURL(/title=tram.*group=language/);
  await page.goto("/requests?title=tram&bucket=all");
  await expect(page.getByRole("columnheader", { name: "Package ID" })).toHaveCount(0);
  await page.keyboard.press("Control+k");
  await expect(palette.getByRole("combobox")).toBeFocused();
  await page.keyboard.type("column package");
  await palette.getByRole("option", { name: "Show the column Package ID" }).click();
  await expect(page.getByRole("columnheader", { name: "Package ID" })).toBeVisible();
});
