import type { Row } from "../api/getRequests";
import type { Undo } from "./jobs";

/** How many requests are looked at one by one, so that exactly what was changed can be taken back. */
export const undoable = 5_000;

/**
 * What takes a cancellation or a reinstatement back. The rows are those from
 * before it: what was cancelled already is not reinstated by undoing.
 */
export function undoOf(action: "cancel" | "reinstate", before: readonly Pick<Row, "request_id" | "status">[]): Undo {
  const changed = before.filter((row) => (row.status === "Cancelled") === (action === "reinstate")).map((row) => row.request_id);
  return {
    action: action === "cancel" ? "reinstate" : "cancel",
    orderFor: (refused) => {
      const ids = changed.filter((id) => !refused.has(id));
      return ids.length === 0 ? undefined : { ids };
    },
  };
}

/** What moves estimated delivery dates back to where they were: a move like any other, with its reason in the history. */
export function moveBack(before: readonly Pick<Row, "request_id" | "estimated_delivery_date">[], dates: ReadonlyMap<string, string> | string, reason: string): Undo {
  const moved = before.flatMap((row) => {
    const date = row.estimated_delivery_date;
    const next = typeof dates === "string" ? dates : dates.get(row.request_id);
    return date === undefined || next === undefined || next === date ? [] : [{ request_id: row.request_id, date }];
  });
  return {
    action: "estimated-delivery-date",
    orderFor: (refused) => {
      const rows = moved.filter((row) => !refused.has(row.request_id));
      return rows.length === 0 ? undefined : { rows, reason };
    },
  };
}
