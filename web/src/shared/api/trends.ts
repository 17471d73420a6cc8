import { queryOptions } from "@tanstack/react-query";
import { client, type Schemas } from "./client";
import { answer } from "./problem";
import { afterLatestWrite } from "./written";

export type Trends = Schemas["Trends"];
export type TrendPoint = Schemas["TrendPoint"];
export type BucketKey = keyof TrendPoint["buckets"];

const freshFor = 5 * 60_000; // ms

/** The buckets of a selection day by day, over the last weeks. */
export function trendsQuery(modifiers: Record<string, string[]>) {
  return queryOptions({
    queryKey: ["trends", modifiers],
    queryFn: ({ signal }) => answer(client.GET("/api/v1/trends", { params: { query: { ...modifiers, after: afterLatestWrite() } }, signal })),
    staleTime: freshFor,
  });
}

/** The points from the first day on which there was anything: before it, nothing has a trend. */
export function begun(points: TrendPoint[]): TrendPoint[] {
  const first = points.findIndex((p) => p.matched > 0);
  return first < 0 ? [] : points.slice(first);
}
