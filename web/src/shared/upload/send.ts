import { type DetailedError, Upload } from "tus-js-client";
import { asSentence } from "@/shared/api/problem";
import { t } from "@/shared/i18n/t";
import type { Send } from "./transfers";

// A line that is down for a while is waited for, about five minutes in all.
const retryDelays = [500, 1_000, 3_000, 5_000, 10_000, 20_000, 30_000, 60_000, 60_000, 120_000];

/** Sends a file over tus, which waits for a line that is down. */
export const send: Send = (file, content, on) => {
  const upload = new Upload(content, {
    // The server knows the file and how far it is, so nothing has to be kept here;
    // one of which nothing has come may not have an upload yet.
    ...(file.upload.created ? {} : { endpoint: file.upload.endpoint }),
    ...(file.received > 0 || file.upload.created ? { uploadUrl: file.upload.url } : {}),
    metadata: file.upload.metadata,
    uploadSize: file.size,
    storeFingerprintForResuming: false,
    retryDelays,
    onProgress: (sent) => on.progress(sent),
    onSuccess: () => on.done(),
    onError: (error) => on.failed(reasonOf(error)),
  });
  upload.start();
  return { stop: () => void upload.abort().catch(() => {}) };
};

/** What the server says; without an answer, that there was none. */
function reasonOf(error: Error | DetailedError): string {
  const body = "originalResponse" in error ? error.originalResponse?.getBody() : undefined;
  if (body === undefined) return "originalResponse" in error ? t("common.unreachable") : error.message;
  try {
    return asSentence((JSON.parse(body) as { detail: string }).detail);
  } catch {
    return body;
  }
}

/** Takes back what has come of a file. What is gone already is as good. */
export async function takeBack(url: string): Promise<void> {
  const answer = await fetch(url, { method: "DELETE", headers: { "Tus-Resumable": "1.0.0" } });
  if (!answer.ok && answer.status !== 404 && answer.status !== 410) {
    const problem = (await answer.json().catch(() => undefined)) as { detail?: string } | undefined;
    throw new Error(asSentence(problem?.detail ?? answer.statusText));
  }
}
