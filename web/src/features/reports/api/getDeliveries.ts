import { infiniteQueryOptions } from "@tanstack/react-query";
import { client, toQueryString } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";

const pageSize = 50;

/** The deliveries of all requests, the latest first. */
export const foundQuery = (question: Record<string, string>) =>
  infiniteQueryOptions({
    queryKey: ["deliveries", "found", question],
    queryFn: ({ signal, pageParam }) => answer(client.GET("/api/v1/deliveries", { params: { query: { ...question, limit: pageSize, ...(pageParam === undefined ? {} : { cursor: pageParam }) } as never }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
  });

/** The same as a file. */
export function foundFile(question: Record<string, string>): string {
  return `/api/v1/deliveries.csv?${toQueryString(question)}`;
}
