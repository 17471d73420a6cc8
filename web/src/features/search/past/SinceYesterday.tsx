import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Schemas } from "@/shared/api/client";
import { formatNumber } from "@/shared/lib/format";
import { bucketsQuery } from "../api/getBuckets";
import { t } from "../messages/t";
import type { Modifier } from "../searchState";
import { yesterday } from "./moments";

interface Props {
  modifiers: Modifier[];
  bucket: Schemas["BucketKey"];
  count: number;
  asOf: string | undefined; // since the day before that
}

/** How much a number has changed in a day. It keeps its line while that is asked, and is silent where nobody knows. */
export function SinceYesterday({ modifiers, bucket, count, asOf }: Props) {
  const [before] = useState(() => yesterday(asOf === undefined ? Date.now() : Date.parse(asOf)));
  const then = useQuery({ ...bucketsQuery({ modifiers, groups: [], groupsSort: "", groupsQ: "", now: undefined, asOf: before }), staleTime: Infinity, retry: false });
  if (then.isError) return null;
  if (then.data === undefined) return "…";
  const more = count - then.data.buckets[bucket];
  const n = formatNumber(Math.abs(more));
  if (more === 0) return t(asOf === undefined ? "past.same" : "past.sameThen");
  return t(asOf === undefined ? (more > 0 ? "past.more" : "past.fewer") : more > 0 ? "past.moreThen" : "past.fewerThen", { n });
}
