import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { client, type Schemas } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";
import type { Span } from "../period";
import type { Grouping } from "../reportState";

export type Figure = Schemas["Figure"];
export type Figures = Schemas["PartnerFigures"];

/** The figures of a period, as a whole and in groups. */
export const figuresQuery = (span: Span, group: Grouping | undefined) =>
  queryOptions({
    queryKey: ["figures", span, group],
    queryFn: ({ signal }) => answer(client.GET("/api/v1/partner-figures", { params: { query: { ...span, ...(group === undefined ? {} : { group: [group] }) } }, signal })),
    placeholderData: keepPreviousData,
    refetchInterval: 60_000,
  });
