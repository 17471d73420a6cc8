import { readFileSync } from "node:fs";
import type { Locator, Page } from "@playwright/test";
import { ask, packaged, playable, storied, told } from "./asked";

/** A page as the tests that walk through all of them visit it. */
export interface Place {
  path: string; // its pattern in pages.tsx or App.tsx
  name: string;
  as?: string; // somebody of the demo who may see it; nobody signs in without
  at: string | ((url: string) => Promise<string>); // of the portal
  shown: (page: Page) => Locator; // what it shows once its data are there
  alone?: true; // it shows itself without asking the server for anything but the session
  empty?: RegExp; // what it says in a portal that has nothing yet
}

const heading = (name: string | RegExp) => (page: Page) => page.getByRole("heading", { level: 1, name });
const secondRow = (page: Page) => page.getByRole("row").nth(1);

export const places: Place[] = [
  { path: "/", name: "sign-in", at: "/", shown: (page) => page.getByText("Sign in as"), alone: true },
  { path: "/invitation", name: "invitation", at: "/invitation#bli_unknown", shown: (page) => page.getByLabel("New password"), alone: true },
  { path: "/reset", name: "reset", at: "/reset#blr_unknown", shown: (page) => page.getByLabel("New password"), alone: true },

  { path: "/search|requests", name: "landing", as: "demo-juniper", at: "/", shown: (page) => page.getByText(/Press Enter/), alone: true },
  {
    path: "/search|requests",
    name: "open-bucket",
    as: "demo-juniper",
    at: "/requests?due_date=2026..2030&group=source_type,language&bucket=requests&group.source_type=Dubs&group.language=French&sort=due_date",
    shown: (page) => page.getByRole("grid").getByRole("link").first(),
    empty: /Nothing matches|Nothing here/,
  },
  { path: "/search|requests", name: "calendar", as: "demo-juniper", at: "/requests?calendar=requests", shown: (page) => page.locator("[data-day]").first(), empty: /None of these requests/ },
  { path: "/requests/:id/:tab?", name: "details", as: "demo-juniper", at: async (url) => "/requests/" + (await storied(url)), shown: (page) => page.getByRole("heading", { name: "Delivery details" }) },
  ...(
    [
      ["deliveries", /delivered through the portal|Delivery \d/],
      ["quality-control", /Full check/],
      ["comments", /Add a comment/],
      ["history", /As of/],
    ] as const
  ).map(([tab, text]): Place => ({ path: "/requests/:id/:tab?", name: tab, as: "demo-juniper", at: async (url) => `/requests/${await storied(url)}/${tab}`, shown: (page) => page.getByText(text).first() })),
  {
    path: "/requests/:id/player",
    name: "player",
    as: "demo-juniper",
    at: async (url) => `/requests/${await playable(url)}/player?at=34&rate=24`,
    shown: (page) => page.locator("video"),
  },
  { path: "/trends", name: "trends", as: "demo-juniper", at: "/trends", shown: (page) => page.getByText("There is nothing to compare yet") },
  { path: "/accounts", name: "colleagues", as: "demo-juniper", at: "/accounts", shown: (page) => page.getByRole("row", { name: /June Adeyemi/ }) },
  { path: "/account", name: "account", as: "demo-juniper", at: "/account", shown: (page) => page.getByRole("button", { name: "Issue" }), alone: true },
  { path: "/inbox", name: "inbox", as: "demo-juniper", at: async (url) => (await told(url), "/inbox"), shown: (page) => page.getByRole("main").getByRole("listitem").first(), empty: /Nothing (is )?unread|nothing/i },
  { path: "/inbox/rules", name: "rules", as: "demo-juniper", at: async (url) => (await told(url), "/inbox/rules"), shown: secondRow, empty: /No rules yet/ },

  { path: "/quality-control/:id?", name: "work-list", as: "demo-qc", at: "/quality-control", shown: secondRow, empty: /Nothing/ },
  { path: "/quality-control/:id?", name: "workbench", as: "demo-qc", at: async (url) => "/quality-control/" + (await playable(url)), shown: (page) => page.getByRole("button", { name: "Record the result" }) },
  { path: "/help/issues/:code", name: "issue-help", as: "demo-qc", at: "/help/issues/freeze-frame", shown: heading("Freeze Frame") },
  { path: "/help/findings/:code", name: "finding-help", as: "demo-qc", at: "/help/findings/incorrect-asset-type", shown: heading(/Incorrect Asset Type/) },

  { path: "/audit", name: "audit", as: "demo-auditor", at: "/audit", shown: (page) => page.locator("li:has(> time)").first(), empty: /Nothing that was done fits/ },
  { path: "/audit/integrity", name: "integrity", as: "demo-auditor", at: "/audit/integrity", shown: (page) => page.getByRole("button", { name: "Verify the log" }) },

  { path: "/search|requests", name: "bulk", as: "demo-operator", at: "/requests?language=Thai&group=source_type&bucket=requests&sort=due_date", shown: (page) => page.getByRole("grid").getByRole("link").first() },
  { path: "/deliveries", name: "deliveries-of-all", as: "demo-operator", at: "/deliveries?period=all&show=before", shown: (page) => page.getByRole("row").nth(2), empty: /No / },
  { path: "/reports", name: "reports", as: "demo-operator", at: "/reports?period=all&group=fulfillment_partner", shown: (page) => page.getByRole("rowheader").first(), empty: /No / },
  { path: "/materials", name: "materials", as: "demo-halden", at: "/materials", shown: (page) => page.locator("[data-line]").first() },
  { path: "/open-request", name: "open-request", as: "demo-operator", at: "/open-request", shown: (page) => page.getByRole("textbox", { name: "Title" }), alone: true },
  { path: "/import", name: "import", as: "demo-operator", at: "/import", shown: heading("Import"), alone: true },
  { path: "/jobs", name: "jobs", as: "demo-operator", at: "/jobs", shown: secondRow, empty: /No / },
  {
    path: "/jobs/:id",
    name: "job",
    as: "demo-operator",
    at: async (url) => "/jobs/" + (await ask<{ jobs: { id: string }[] }>(url, "demo-operator", "/api/v1/jobs?limit=1")).jobs[0]?.id,
    shown: (page) => page.getByRole("definition").first(),
  },
  { path: "/accounts", name: "accounts", as: "demo-operator", at: "/accounts", shown: (page) => page.getByRole("row", { name: /June Adeyemi/ }) },
  { path: "/accounts/organisations", name: "organisations", as: "demo-operator", at: "/accounts/organisations", shown: (page) => page.getByRole("row", { name: /Juniper Post/ }), empty: /No / },
  { path: "/packages/:id", name: "timeline", as: "demo-operator", at: async (url) => "/packages/" + (await packaged(url)).package_id, shown: (page) => page.locator("[data-stop='1']").first() },
  { path: "/titles/:id", name: "timeline-of-title", as: "demo-operator", at: async (url) => "/titles/" + (await packaged(url)).movie_id, shown: (page) => page.locator("[data-stop='1']").first() },
  { path: "/help", name: "help", as: "demo-operator", at: "/help", shown: (page) => page.getByText("next 14 days").first() },
];

/** The patterns of all pages, as the page itself lists them. */
export function patterns(): string[] {
  const find = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map((found) => found[1] ?? "");
  const [list = ""] = readFileSync("src/app/pages.tsx", "utf8").split("export function");
  const listed = find(list.replace(/href: .*/g, ""), /"(\/[^"]*)"/g);
  const beside = find(readFileSync("src/app/App.tsx", "utf8"), /<Route path="([^"]+)"/g);
  if (listed.length < 10 || beside.length < 3) throw new Error("the pages are not listed any more where the tests look for them");
  return ["/search|requests", ...listed, ...beside];
}
