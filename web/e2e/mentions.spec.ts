import { expect, picture, test } from "./portal";

test("a mention is offered as it is typed, told without a rule, and read by its name", async ({ page, signIn }) => {
  await signIn("demo-juniper");
  const { rows } = (await (await page.request.get("/api/v1/requests?limit=1&sort=-due_date")).json()) as { rows: { request_id: string }[] };
  const comments = `/requests/${rows[0]?.request_id}/comments`;
  await page.goto(comments);
  const field = page.getByLabel("Add a comment");
  const offered = page.getByRole("listbox", { name: "Whom to mention" });
  await field.pressSequentially("mail me@example.com, ");
  await expect(offered).toHaveCount(0);
  await field.pressSequentially("@");
  await expect(offered.getByRole("option", { name: /^Operators/ })).toBeVisible();
  await expect(offered.getByRole("option", { name: /^Juniper Post/ })).toBeVisible();
  await expect(offered.getByRole("option", { name: /Olivia|Quinn/ })).toHaveCount(0); // nobody of another organisation
  await picture(page, "91-mention");
  await field.pressSequentially("oper");
  await expect(offered.getByRole("option")).toHaveCount(1);
  await page.keyboard.press("Enter");
  await expect(field).toHaveValue("mail me@example.com, @Operators ");
  await expect(offered).toHaveCount(0);
  await field.pressSequentially("is the mix final?");
  await page.keyboard.press("Control+Enter");
  await expect(field).toHaveValue("");
  const said = page.getByRole("listitem").filter({ hasText: "is the mix final?" });
  await expect(said.getByText("@Operators", { exact: true })).toBeVisible();

  await signIn("demo-operator");
  await expect(async () => {
    const { notifications } = (await (await page.request.get("/api/v1/inbox?kind=mentioned")).json()) as { notifications: { summary: string }[] };
    expect(notifications[0]?.summary).toContain("@Operators is the mix final?");
  }).toPass({ timeout: 10_000 });
  await page.goto("/inbox");
  const line = page.getByRole("listitem").filter({ hasText: "is the mix final?" });
  await expect(line).toContainText("Because you were mentioned");
  await picture(page, "92-mentioned");
  await line.getByRole("link").click();
  await expect(page.getByText("@Operators", { exact: true }).first()).toBeVisible();
});
