import { expect, picture, startPortal, test as base } from "./portal";
import { openPostOffice, type PostOffice } from "./postOffice";

/** A portal that sends mail. */
const test = base.extend<object, { portal: { url: string }; post: PostOffice }>({
  post: [
    // oxlint-disable-next-line no-empty-pattern
    async ({}, use) => {
      const post = await openPostOffice();
      await use(post);
      await post.close();
    },
    { scope: "worker" },
  ],
  portal: [
    async ({ post }, use) => {
      const { url, stop } = await startPortal("--smtp", `smtp://127.0.0.1:${post.port}?tls=none`, "--mail-from", "backlot@portal.example", "--public-url", "http://portal.example");
      await use({ url });
      await stop();
    },
    { scope: "worker", timeout: 60_000 },
  ],
});

/** The path of the link in the last of so many letters. */
async function linkIn(post: PostOffice, count: number): Promise<string> {
  await expect(() => expect(post.letter(count)).toBeDefined()).toPass({ timeout: 10_000 });
  const link = /http:\/\/portal\.example(\/\S+)/.exec(post.letter(count) ?? "")?.[1];
  if (link === undefined) throw new Error("the letter has no link:\n" + post.letter(count));
  return link;
}

test("an invitation and a forgotten password, by mail", async ({ page, portal, signIn, post }) => {
  await signIn("demo-operator");
  await page.goto("/accounts");
  await page.getByRole("button", { name: "Invite…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name", { exact: true }).fill("Kim Ahn");
  await dialog.getByLabel("E-mail address").fill("kim@portal.example");
  await dialog.getByRole("combobox", { name: "Role" }).click();
  await page.getByRole("option", { name: "Auditor" }).click();
  await dialog.getByRole("button", { name: "Invite", exact: true }).click();
  await expect(dialog.getByText(/a mail to kim@portal.example is on its way/)).toBeVisible();
  await picture(page, "61-mailed");
  await dialog.getByRole("button", { name: "Done" }).click();

  // An operator's browser does for the invited: it says that its session ends.
  await page.goto(await linkIn(post, 1));
  await expect(page.getByText("Olga Brandt is signed in; that ends with it.")).toBeVisible();
  await page.getByLabel("New password").fill("a reel of seven stars");
  await page.getByRole("button", { name: "Choose the password" }).click();
  await page.getByRole("button", { name: "Auditor", exact: true }).click();
  await expect(page.getByRole("menu")).toContainText("Kim Ahn");
  await page.getByRole("menuitem", { name: "Sign out" }).click();

  await page.getByRole("button", { name: "Forgot your password?" }).click();
  await page.getByLabel("E-mail address").fill("kim@portal.example");
  await page.getByRole("button", { name: "Send me a link" }).click();
  await expect(page.getByText(/a mail is on its way/)).toBeVisible();
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  const link = await linkIn(post, 2);
  expect(link).toMatch(/^\/reset#blr_/);
  await page.goto(link);
  await expect(page.getByRole("heading", { name: "Choose another password" })).toBeVisible();
  expect(page.url()).toBe(portal.url + "/reset");
  await page.getByLabel("New password").fill("another reel of stars");
  await page.getByRole("button", { name: "Choose the password" }).click();
  await expect(page).toHaveURL(portal.url + "/audit"); // an auditor begins there
  await expect(page.getByRole("heading", { name: "Audit", level: 1 })).toBeVisible();
  expect(asked.filter((url) => url.includes("blr_"))).toEqual([]);

  // It has served.
  await page.goto(link);
  await page.getByLabel("New password").fill("yet another reel of stars");
  await page.getByRole("button", { name: "Choose the password" }).click();
  await expect(page.getByRole("alert")).toContainText("has served or has expired");
});

test("an invitation that the mail server does not take says so", async ({ page, signIn, post }) => {
  await post.close();
  await signIn("demo-operator");
  await page.goto("/accounts");
  await page.getByRole("button", { name: "Invite…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name", { exact: true }).fill("Lea Brandt");
  await dialog.getByLabel("E-mail address").fill("lea@portal.example");
  await dialog.getByRole("combobox", { name: "Role" }).click();
  await page.getByRole("option", { name: "Quality control" }).click();
  await dialog.getByRole("button", { name: "Invite", exact: true }).click();
  await expect(dialog.getByRole("alert")).toContainText("The mail was not sent");
  await picture(page, "62-mail-failed");
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(page.getByRole("row", { name: /Lea Brandt/ })).toContainText("Invited");
});
