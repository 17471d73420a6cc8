import { queryOptions } from "@tanstack/react-query";
import { answer } from "@/shared/api/problem";
import type { Deliveries } from "@/shared/api/request/getDeliveries";
import { type Cue, isTimedText, readCues } from "./cues";

export type Delivery = Deliveries["deliveries"][number];
export type DeliveredFile = Delivery["files"][number];

/** The latest delivery that is complete: what quality control is about. */
export function latestOf(deliveries: Deliveries | undefined): Delivery | undefined {
  return deliveries?.deliveries.findLast((d) => d.completed_at !== null);
}

export function proxyOf(request: string, delivery: string, file: string): string {
  return `/api/v1/requests/${encodeURIComponent(request)}/deliveries/${encodeURIComponent(delivery)}/files/${encodeURIComponent(file)}/proxy`;
}

export type Played = "video" | "audio" | "image" | "none";

/** What a browser makes of a file, by what the server finds in its first bytes; asking is no download. */
export function playedQuery(proxy: string) {
  return queryOptions({
    queryKey: ["played", proxy],
    queryFn: async ({ signal }): Promise<Played> => {
      const response = await fetch(proxy, { method: "HEAD", signal });
      if (response.status === 404) return "none";
      if (!response.ok) await answer(Promise.resolve({ response }));
      const type = response.headers.get("Content-Type") ?? "";
      if (type.startsWith("video/")) return "video";
      if (type.startsWith("audio/") || type === "application/ogg") return "audio";
      return type.startsWith("image/") ? "image" : "none";
    },
    staleTime: Infinity,
  });
}

export const mostText = 8_000_000; // bytes

/** The subtitles of a delivered file. */
export function cuesQuery(file: DeliveredFile | undefined) {
  const content = file?.content ?? "";
  return queryOptions({
    queryKey: ["cues", content],
    enabled: file !== undefined && content !== "" && isTimedText(file.name) && file.size <= mostText,
    queryFn: async ({ signal }): Promise<Cue[]> => {
      const response = await fetch(content, { signal });
      if (!response.ok) await answer(Promise.resolve({ response }));
      return readCues(decoded(await response.arrayBuffer()));
    },
    staleTime: Infinity,
  });
}

// Timed text is UTF-8, or UTF-16 with a mark that says so.
function decoded(bytes: ArrayBuffer): string {
  const [first, second] = new Uint8Array(bytes);
  const encoding = first === 0xff && second === 0xfe ? "utf-16le" : first === 0xfe && second === 0xff ? "utf-16be" : "utf-8";
  return new TextDecoder(encoding).decode(bytes);
}
