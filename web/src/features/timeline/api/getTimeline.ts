import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { client, type Schemas } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";
import { afterLatestWrite } from "@/shared/api/written";

export type Timeline = Schemas["Timeline"];
export type Lane = Schemas["TimelineLane"];
export type Span = Schemas["TimelineSpan"];
export type Mark = Schemas["TimelineMark"];

/** Whose requests are on a timeline: those of a package, or of a title. */
export interface Whose {
  package_id?: string[];
  movie_id?: string[];
}

const atMost = 500; // as many as the server gives

/** How the requests of a package or a title came to be where they are, whatever their status. */
export function timelineQuery(whose: Whose) {
  const query = { ...whose, status: ["All"], limit: atMost };
  return queryOptions({
    queryKey: ["timeline", whose],
    queryFn: ({ signal }) => answer(client.GET("/api/v1/timeline", { params: { query: { ...query, after: afterLatestWrite() } }, signal })),
    placeholderData: keepPreviousData,
  });
}
