import { queryOptions } from "@tanstack/react-query";
import { client, type Schemas } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";

export type Catalogue = Schemas["Catalogue"];
export type CatalogueModifier = Schemas["Modifier"];
export type CatalogueBucket = Schemas["Bucket"];

/** The modifiers, groupings, columns and buckets that the server knows. */
export const catalogueQuery = queryOptions({
  queryKey: ["catalogue"],
  queryFn: ({ signal }) => answer(client.GET("/api/v1/modifiers", { signal })),
  staleTime: Infinity,
});
