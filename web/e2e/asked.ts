import { expect } from "./portal";

/** Asks the portal for something as somebody of the demo, whoever is signed in in the browser. */
export async function ask<T>(url: string, as: string, path: string, body?: unknown): Promise<T> {
  const answer = await fetch(new URL(path, url), {
    headers: { Authorization: "Bearer " + as, ...(body === undefined ? {} : { "Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID() }) },
    ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  expect(answer.ok, `${path}: ${text}`).toBe(true);
  return JSON.parse(text) as T;
}

/** Waits until a search finds something: what the demo delivered is inspected after the portal is ready. */
export async function found(url: string, query: string): Promise<void> {
  const total = async () => (await ask<{ total: number }>(url, "demo-operator", `/api/v1/requests?${query}&limit=1`)).total;
  await expect.poll(total, { timeout: 30_000 }).toBeGreaterThan(0);
}

type Rows = { rows: { request_id: string }[] };

/** The package and the title of a request that something happened to. */
export async function packaged(url: string): Promise<{ package_id: string; movie_id: string }> {
  const { rows } = await ask<{ rows: { package_id: string; movie_id: string }[] }>(url, "demo-operator", "/api/v1/requests?issues=Has+issues&limit=1&columns=package_id,movie_id");
  return rows[0] ?? { package_id: "", movie_id: "" };
}

const made = new Map<string, Promise<string>>();

/** Makes something once for each portal. */
function once(url: string, what: string, make: () => Promise<string>): Promise<string> {
  const key = what + url;
  const before = made.get(key) ?? make();
  made.set(key, before);
  return before;
}

/** The id of a request with a file that plays: the demo has some. */
export const playable = (url: string) =>
  once(url, "playable", async () => {
    // Tests deliver too, what has no content.
    const { entries } = await ask<{ entries: { request_id: string; summary: string }[] }>(url, "demo-juniper", "/api/v1/audit?kind=file_delivered&limit=100");
    return entries.find((entry) => entry.summary.includes(".webm"))?.request_id ?? "";
  });

/** The id of a request that has been delivered, checked and talked of. */
export const storied = (url: string) => once(url, "storied", async () => (await ask<Rows>(url, "demo-juniper", "/api/v1/requests?issues=Has+issues&limit=1")).rows[0]?.request_id ?? "");

/** Somebody is told of a comment, by a rule of their own. */
export const told = (url: string) =>
  once(url, "told", async () => {
    await ask(url, "demo-juniper", "/api/v1/notification-rules", { name: "Comments on our work", kinds: ["commented"], query: "", when: "at_once", mail: false });
    const id = await storied(url);
    await ask(url, "demo-operator", `/api/v1/requests/${id}/comments`, { text: "Which reel is it?" });
    await expect.poll(async () => (await ask<{ unread: number }>(url, "demo-juniper", "/api/v1/inbox?limit=0")).unread, { timeout: 10_000 }).toBeGreaterThan(0);
    return id;
  });
