import { ApiProblem, answer } from "@/shared/api/problem";

const tus = { "Tus-Resumable": "1.0.0" };
const endpoint = "/uploads/";

/** Base64 of a text of any letters. */
function encoded(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

/** Says that a file is going to be sent as a material. What the server refuses is thrown as an ApiProblem. */
export async function createUpload(name: string, size: number): Promise<{ id: string; upload: { endpoint: string; url: string; metadata: Record<string, string>; created: true } }> {
  const metadata = { purpose: "material", filename: name };
  const written = Object.entries(metadata).map(([key, value]) => `${key} ${encoded(value)}`);
  const response = await fetch(endpoint, { method: "POST", headers: { ...tus, "Upload-Length": String(size), "Upload-Metadata": written.join(",") } });
  if (!response.ok) await answer(Promise.resolve({ error: await response.json().catch(() => undefined), response }));
  const url = new URL(response.headers.get("Location") ?? "", window.location.href).pathname;
  return { id: url.slice(url.lastIndexOf("/") + 1), upload: { endpoint, url, metadata, created: true } };
}

/** How far an upload has come, and whether its checksum is known; undefined where there is none any more. */
export async function lookAtUpload(url: string): Promise<{ offset: number; checked: boolean } | undefined> {
  const response = await fetch(url, { method: "HEAD", headers: tus });
  if (response.status === 404 || response.status === 410) return undefined;
  if (!response.ok) throw new ApiProblem({ type: "about:blank", title: response.statusText, status: response.status, detail: response.statusText, code: "internal" });
  const metadata = response.headers.get("Upload-Metadata") ?? "";
  return { offset: Number(response.headers.get("Upload-Offset")), checked: /(^|,)found_sha256 /.test(metadata) };
}
