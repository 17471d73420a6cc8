import { queryOptions } from "@tanstack/react-query";
import { client, type Schemas } from "@/shared/api/client";
import { answer } from "@/shared/api/problem";
import { useCommand } from "@/shared/api/useCommand";
import { afterLatestWrite } from "@/shared/api/written";
import { rulesKey } from "./keys";

export type Rule = Schemas["NotificationRule"];
export type WriteRule = Schemas["WriteNotificationRule"];
export type RuleKind = Schemas["NotificationRules"]["kinds"][number];
export type Delivery = Schemas["NotificationDelivery"];

const header = (key: string) => ({ "Idempotency-Key": key });

/** The account's rules, what a rule can be about, and whether mail can be sent. */
export const rulesQuery = queryOptions({
  queryKey: [...rulesKey, "list"],
  queryFn: ({ signal }) => answer(client.GET("/api/v1/notification-rules", { params: { query: { after: afterLatestWrite() } }, signal })),
  staleTime: 30_000,
});

export const deliveriesQuery = (id: string, offset: number) =>
  queryOptions({
    queryKey: [...rulesKey, "deliveries", id, offset],
    queryFn: ({ signal }) => answer(client.GET("/api/v1/notification-rules/{id}/deliveries", { params: { path: { id }, query: { limit: 20, offset, after: afterLatestWrite() } }, signal })),
    // What is on its way soon is no more.
    refetchInterval: ({ state }) => (state.data?.deliveries.some((one) => one.status === "waiting") ? 2_000 : 15_000),
  });

/** Makes a rule, or changes one. */
export function useWriteRule() {
  return useCommand([rulesKey], ({ id, ...body }: WriteRule & { id: string | undefined }, key) =>
    answer(id === undefined ? client.POST("/api/v1/notification-rules", { params: { header: header(key) }, body }) : client.PUT("/api/v1/notification-rules/{id}", { params: { path: { id }, header: header(key) }, body })),
  );
}

const of = (id: string, key: string) => ({ params: { path: { id }, header: header(key) } });

export function useDeleteRule() {
  return useCommand([rulesKey], ({ id }: { id: string }, key) => answer(client.DELETE("/api/v1/notification-rules/{id}", of(id, key))));
}

export function useRenewSecret() {
  return useCommand([rulesKey], ({ id }: { id: string }, key) => answer(client.POST("/api/v1/notification-rules/{id}/secret", of(id, key))));
}

export function useTestRule() {
  return useCommand([rulesKey], ({ id }: { id: string }, key) => answer(client.POST("/api/v1/notification-rules/{id}/test", of(id, key))));
}

export function useResend() {
  return useCommand([rulesKey], ({ id, deliveryId }: { id: string; deliveryId: string }, key) =>
    answer(client.POST("/api/v1/notification-rules/{id}/deliveries/{deliveryId}/resend", { params: { path: { id, deliveryId }, header: header(key) } })),
  );
}
