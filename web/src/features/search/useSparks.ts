import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { begun, type BucketKey, trendsQuery } from "@/shared/api/trends";
import { modifierQuery, type SearchState } from "./searchState";

const fewest = 2; // points of a line

/** The last weeks of each number of the present search, once somebody sees the numbers. */
export function useSparks({ modifiers, now, asOf }: SearchState, counted: boolean): Record<BucketKey, number[]> | undefined {
  const present = now === undefined && asOf === undefined;
  const trends = useQuery({ ...trendsQuery(modifierQuery(modifiers)), enabled: counted && present, retry: false });
  return useMemo(() => {
    const points = begun(trends.data?.points ?? []);
    if (!present || points.length < fewest) return undefined;
    const keys = Object.keys(points[0]?.buckets ?? {}) as BucketKey[];
    return Object.fromEntries(keys.map((key) => [key, points.map((p) => p.buckets[key])])) as Record<BucketKey, number[]>;
  }, [trends.data, present]);
}
