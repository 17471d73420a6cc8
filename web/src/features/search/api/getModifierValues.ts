import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { client } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";
import { afterLatestWrite } from "@/shared/api/written";
import { modifierQuery, type Modifier } from "../searchState";

export const valuesShown = 100;

/** The values of a modifier with their counts, given the other modifiers. */
export function modifierValuesQuery(name: string, q: string, others: Modifier[], now: string | undefined, asOf: string | undefined) {
  const query = { ...modifierQuery(others), q: q === "" ? undefined : q, limit: valuesShown, now, as_of: asOf };
  return queryOptions({
    queryKey: ["values", name, query],
    queryFn: ({ signal }) =>
      answer(client.GET("/api/v1/modifiers/{name}/values", { params: { path: { name }, query: { ...query, after: afterLatestWrite() } }, signal })),
    // The old list stays while the next one comes, but never another modifier's.
    placeholderData: (previous, before) => (before?.queryKey[1] === name ? keepPreviousData(previous) : undefined),
    retry: false,
  });
}
