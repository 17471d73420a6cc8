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
    // So does the server, whatever the browser prefers.
    const { rows } = (await (await page.request.get("/api/v1/requests?limit=1")).json()) as { rows: { request_id: string }[] };
    await page.goto(`/requests/${rows[0]?.request_id}/history`);
    await expect(page.getByText(/^An operator (opened|imported) the request for /)).toBeVisible();
  });
});

test.describe("every page in Japanese", () => {
  test.use({ locale: "ja-JP" });

  test("has no English left, apart from data", async ({ page, signIn }) => {
    // Words that stay as they are: names, identifiers and formats.
    const english = async () =>
      page.evaluate(() => {
        const left: string[] = [];
        for (const part of document.querySelectorAll("h1, h2, th, dt, label, button, nav a, legend, summary, [placeholder], [aria-label]")) {
          if (part.closest("[lang=en], [aria-hidden=true]") !== null) continue;
          for (const text of [part.getAttribute("placeholder"), part.getAttribute("aria-label"), part.children.length === 0 ? part.textContent : null]) {
            // Whole words of prose: two in a row in small letters.
            if (text !== null && /\b[a-z]{2,} [a-z]{2,}\b/.test(text)) left.push(text);
          }
        }
        return left;
      });
    await page.goto("/");
    await expect(page.getByText("パスワードを忘れた場合")).toBeVisible();
    expect(await english()).toEqual([]);
    await page.goto("/invitation");
    await expect(page.getByRole("heading", { name: "Backlot へようこそ" })).toBeVisible();
    expect(await english()).toEqual([]);
    await signIn("demo-operator");
    const answer = await page.request.get("/api/v1/audit?kind=estimated_delivery_date_changed&limit=1");
    const { entries } = (await answer.json()) as { entries: { request_id: string }[] };
    const request = "/requests/" + entries[0]?.request_id;
    for (const [path, shown] of [
      [request, "リクエストの概要"],
      [request + "/comments", "コメントを追加"],
      [request + "/history", "納品予定日の変更"],
      ["/audit", "新しい順"],
      ["/audit/integrity", "ログを検証"],
      ["/account", "API トークン"],
      ["/accounts", "招待…"],
      ["/accounts/organisations", "登録…"],
      ["/nowhere", "ページが見つかりません"],
    ] as const) {
      await page.goto(path);
      await expect(page.getByText(shown).first()).toBeVisible();
      expect.soft(await english(), path).toEqual([]);
      if (path === "/audit") await picture(page, "34-audit-japanese");
    }
  });
});

test.describe("what the server tells", () => {
  test.use({ locale: "ja-JP" });

  test("is told in Japanese, too: a request's history and the inbox", async ({ page, signIn, portal, browser }) => {
    await signIn("demo-juniper");
    const { rows } = (await (await page.request.get("/api/v1/requests?limit=1&sort=due_date&status=Open")).json()) as { rows: { request_id: string; estimated_delivery_date: string }[] };
    const { request_id: id = "", estimated_delivery_date: expected = "" } = rows[0] ?? {};
    const rule = await page.request.post("/api/v1/notification-rules", {
      data: { name: "何でも", kinds: ["commented", "material_status_changed", "estimated_delivery_date_changed"], query: "" },
      headers: { "Idempotency-Key": "words-rule" },
    });
    expect(rule.ok()).toBe(true);
    const operator = await browser.newContext({ baseURL: portal.url, extraHTTPHeaders: { Origin: portal.url } });
    await operator.request.post("/api/v1/session", { data: { token: "demo-operator" } });
    const day = new Date(Date.parse(expected + "T00:00:00Z") + 3 * 24 * 60 * 60 * 1000);
    for (const [path, data] of [
      ["comments", { text: "Which reel is it?" }],
      ["estimated-delivery-date", { date: day.toISOString().slice(0, 10), reason: "声優の都合" }],
    ] as const) {
      const { etag } = (await (await operator.request.get(`/api/v1/requests/${id}`)).json()) as { etag: string };
      const answer = await operator.request.post(`/api/v1/requests/${id}/${path}`, { data, headers: { "Idempotency-Key": `words-${path}`, ...(path === "comments" ? {} : { "If-Match": etag }) } });
      expect(answer.ok(), await answer.text()).toBe(true);
    }
    await operator.close();
    await expect(async () => {
      const { unread } = (await (await page.request.get("/api/v1/inbox?limit=0")).json()) as { unread: number };
      expect(unread).toBe(2);
    }).toPass({ timeout: 10_000 });
    const written = (date: Date) => new Intl.DateTimeFormat("ja-JP", { dateStyle: "long", timeZone: "UTC" }).format(date);
    const moved = `オペレーターが納品予定日を ${written(new Date(expected + "T00:00:00Z"))}から ${written(day)}に変更しました: 声優の都合`;
    const english = /(An operator|moved|commented|opened|imported|changed|completed|started)\b/;

    await page.goto(`/requests/${id}/history`);
    const main = page.getByRole("main");
    await expect(main.getByText(moved, { exact: true })).toBeVisible();
    await expect(main.getByText("オペレーターがコメントしました: Which reel is it?", { exact: true })).toBeVisible();
    await expect(main.getByText(/のリクエストを(作成|インポート)しました: 納期 \d{4}年\d+月\d+日/)).toBeVisible();
    await expect(main).not.toContainText(english);
    // Before and after are in the sentence, and not once more beside it.
    await expect(main.getByText("納品予定日: ").filter({ visible: true })).toHaveCount(0);
    await picture(page, "35-history-japanese");
    await page.goto("/inbox");
    await expect(page.getByRole("listitem").filter({ hasText: moved })).toBeVisible();
    await expect(page.getByRole("listitem").filter({ hasText: "オペレーターがコメントしました: Which reel is it?" })).toBeVisible();
    await expect(main).not.toContainText(english);
    await picture(page, "36-inbox-japanese");
    await page.goto("/help/issues/sync-drift");
    await expect(main.getByText("時間が経つにつれて、音声が映像からずれていきます。")).toBeVisible();
    await picture(page, "37-issue-japanese");
    await page.goto("/help/findings/decode-error");
    await expect(main.getByText("映像または音声をデコードできません。")).toBeVisible();
    await page.goto("/requests/nothing");
    await expect(main.getByText("見つかりません (There is no such source request.)")).toBeVisible();
    await picture(page, "38-problem-japanese");
    await page.goto("/requests?language=Klingon");
    await expect(page.getByText("言語が「Klingon」のリクエストは、閲覧できる範囲にありません。")).toBeVisible();
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
