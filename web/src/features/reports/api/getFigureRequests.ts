import { infiniteQueryOptions } from "@tanstack/react-query";
import { client, toQueryString } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";
import type { FigureName } from "../reportState";

const pageSize = 50;

/** The deliveries behind a number, the latest first. */
export const behindQuery = (figure: FigureName, question: Record<string, string>) =>
  infiniteQueryOptions({
    queryKey: ["figures", "behind", figure, question],
    queryFn: ({ signal, pageParam }) => answer(client.GET("/api/v1/partner-figures/{figure}/requests", { params: { path: { figure }, query: { ...question, limit: pageSize, ...(pageParam === undefined ? {} : { cursor: pageParam }) } as never }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
  });

/** The same as a file. */
export function behindFile(figure: FigureName, question: Record<string, string>): string {
  return `/api/v1/partner-figures/${figure}/requests.csv?${toQueryString(question)}`;
}
