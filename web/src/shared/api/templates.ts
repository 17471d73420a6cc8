import { queryOptions } from "@tanstack/react-query";
import { client, type Schemas } from "./client";
import { answer } from "./problem";
import { useCommand } from "./useCommand";
import { afterLatestWrite } from "./written";

export type Template = Schemas["Template"];
type Write = Schemas["WriteTemplate"];

const key = ["templates"] as const;
const header = (idempotency: string) => ({ "Idempotency-Key": idempotency });

/** The account's own templates, and those that others share with it. */
export const templatesQuery = queryOptions({
  queryKey: key,
  queryFn: ({ signal }) => answer(client.GET("/api/v1/templates", { params: { query: { after: afterLatestWrite() } }, signal })),
  staleTime: 30_000,
});

export function useSaveTemplate() {
  return useCommand([key], (body: Write, idempotency) => answer(client.POST("/api/v1/templates", { params: { header: header(idempotency) }, body })));
}

export function useReplaceTemplate() {
  return useCommand([key], ({ id, ...body }: Write & { id: string }, idempotency) => answer(client.PUT("/api/v1/templates/{id}", { params: { path: { id }, header: header(idempotency) }, body })));
}

export function useDeleteTemplate() {
  return useCommand([key], ({ id }: { id: string }, idempotency) => answer(client.DELETE("/api/v1/templates/{id}", { params: { path: { id }, header: header(idempotency) } })));
}

export function useChooseDefault() {
  return useCommand([key], (body: { id: string | null }, idempotency) => answer(client.PUT("/api/v1/templates/default", { params: { header: header(idempotency) }, body })));
}
