import { ask } from "./asked";
import { expect, picture, startPortal, test as base } from "./portal";
import { openPostOffice, type PostOffice } from "./postOffice";
import { openReceiver } from "./webhookReceiver";

/** A portal that sends mail, and webhooks to this machine. */
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
      const { url, stop } = await startPortal("--smtp", `smtp://127.0.0.1:${post.port}?tls=none`, "--mail-from", "backlot@portal.example", "--public-url", "http://portal.example", "--webhook-allow-private");
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

test("what a rule sent to its webhook: delivered, sent again, refused by the receiver, and without an answer", async ({ page, portal, signIn }) => {
  const receiver = await openReceiver();
  await signIn("demo-juniper");
  await page.goto("/inbox/rules");
  await page.getByRole("button", { name: "New rule" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("Comments on our work");
  await dialog.getByRole("checkbox", { name: "Commented" }).check();
  await dialog.getByLabel("Webhook, too").fill(receiver.url);
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.getByRole("button", { name: "I have it" }).click();
  const menu = async (item: string) => {
    await page.getByRole("button", { name: "Actions for Comments on our work" }).click();
    await page.getByRole("menuitem", { name: item }).click();
  };
  await menu("Send a test");
  const sent = dialog.getByRole("row", { name: /Test/ });
  await expect(sent).toContainText(/Delivered.*HTTP 204/);
  receiver.answer(500);
  await sent.getByRole("button", { name: "Send again" }).click();
  await expect(sent).toContainText(/On its way.*Next try .*HTTP 500 · the receiver answered 500/);
  await expect(sent.getByRole("button", { name: "Send again" })).toBeDisabled();
  const [once, again] = receiver.messages;
  expect(again?.headers["webhook-id"]).toBe(once?.headers["webhook-id"]); // the receiver knows it again
  expect(JSON.parse(again?.body ?? "{}")).toMatchObject({ type: "test", data: { kind: "test" } });
  await page.keyboard.press("Escape");

  receiver.answer("nothing");
  const { rows } = await ask<{ rows: { request_id: string }[] }>(portal.url, "demo-juniper", "/api/v1/requests?limit=1&status=Open");
  const id = rows[0]?.request_id ?? "";
  await ask(portal.url, "demo-operator", `/api/v1/requests/${id}/comments`, { text: "Which reel is it?" });
  await expect.poll(() => receiver.messages.length).toBe(3);
  await menu("What was sent");
  const hung = dialog.getByRole("row", { name: new RegExp(`Commented · ${id}`) });
  await expect(hung).toContainText("On its way");
  await expect(hung).not.toContainText("Next try"); // it is being tried
  await receiver.close();
  await expect(hung).toContainText(/Next try .*the connection to the receiver failed/);
  await picture(page, "63-webhook-tries");
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
