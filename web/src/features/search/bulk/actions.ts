import type { MessageKey } from "@/shared/i18n/t";
import type { Session } from "@/shared/api/session";
import { keys } from "@/shared/lib/keys";

/** What can be done to one or to many requests; each is the last part of its route below /bulk. */
export type Action = "comment" | "estimated-delivery-date" | "material-status" | "edit" | "assign" | "responsible" | "redelivery" | "cancel" | "reinstate";

type Role = NonNullable<Session["role"]>;

// As the API has it; whether a request accepts it shows when it is tried.
const roles: Record<Action, readonly Role[]> = {
  comment: ["operator", "content_partner", "fulfillment_partner", "quality_control"],
  "estimated-delivery-date": ["operator", "fulfillment_partner"],
  "material-status": ["operator", "fulfillment_partner"],
  edit: ["operator", "fulfillment_partner"],
  assign: ["operator"],
  responsible: ["fulfillment_partner"],
  redelivery: ["operator", "quality_control"],
  cancel: ["operator"],
  reinstate: ["operator"],
};

/** What an account may do, in the order in which it is offered. */
export function actionsOf({ role }: Pick<Session, "role">): Action[] {
  return (Object.keys(roles) as Action[]).filter((action) => role !== null && roles[action].includes(role));
}

/** Of them, what makes sense for a request as it is. */
export function actionsFor(session: Pick<Session, "role">, status: string | undefined): Action[] {
  return actionsOf(session).filter((action) => (action === "reinstate" ? status === "Cancelled" : action !== "cancel" || status !== "Cancelled"));
}

export const labels: Record<Action, MessageKey> = {
  comment: "action.comment",
  "estimated-delivery-date": "action.edd",
  "material-status": "action.material",
  edit: "action.edit",
  assign: "action.assign",
  responsible: "action.responsible",
  redelivery: "action.redelivery",
  cancel: "action.cancel",
  reinstate: "action.reinstate",
};

/** The key that begins it, on the chosen requests or the one that has the focus. */
export const keyOf: Partial<Record<Action, string>> = { comment: keys.comment, "estimated-delivery-date": keys.estimatedDeliveryDate, "material-status": keys.materialStatus };
