import type { Schemas } from "@/shared/api/client";
import { daysBetween, formatDate, formatInstant } from "@/shared/lib/format";
import { Link } from "wouter";
import { EstimatedDeliveryDateEditor } from "./EstimatedDeliveryDateEditor";
import { Field, Fields } from "./Fields";
import { MaterialStatusEditor } from "./MaterialStatusEditor";
import styles from "./DetailsTab.module.css";
import type { Shown } from "./RequestPage";

interface Props {
  id: string;
  shown: Shown;
  actions: Schemas["Action"][];
}

export function DetailsTab({ id, shown, actions }: Props) {
  const r = shown.request;
  const late = daysBetween(r.due_date, r.estimated_delivery_date);
  return (
    <div className={styles.cards}>
      <Fields title="Request overview">
        <Field label="Request ID">{r.request_id}</Field>
        <Field label="Status">{r.status}</Field>
        <Field label="Source type">{r.source_type}</Field>
        <Field label="Service type">{r.service_type}</Field>
        <Field label="Language">{r.language}</Field>
        <Field label="Countries">{r.countries.join(", ")}</Field>
        <Field label="Content partner">{r.content_partner.name}</Field>
        <Field label="Fulfillment partner">{r.fulfillment_partner?.name ?? null}</Field>
        {r.sub_assignee !== null && <Field label="Sub-assignee">{r.sub_assignee.name}</Field>}
        {r.upgrades !== null && (
          <Field label="Replaces">
            <Link href={"/requests/" + encodeURIComponent(r.upgrades)}>{r.upgrades}</Link>
          </Field>
        )}
        <Field label="Opened">{formatInstant(r.opened_at)}</Field>
        <Field label="Last change">{formatInstant(r.updated_at)}</Field>
      </Fields>

      <Fields title="Delivery details">
        <Field label="Due date">{formatDate(r.due_date)}</Field>
        <Field
          label="Estimated delivery date"
          action={actions.includes("estimated-delivery-date") && <EstimatedDeliveryDateEditor id={id} etag={r.etag} dueDate={r.due_date} present={r.estimated_delivery_date} />}
        >
          {formatDate(r.estimated_delivery_date)}
          <span className={styles.note}>
            {!r.estimated_delivery_date_moved
              ? "follows the due date"
              : late === 0
                ? "on the due date"
                : `${Math.abs(late)} ${Math.abs(late) === 1 ? "day" : "days"} ${late > 0 ? "after" : "before"} the due date`}
          </span>
        </Field>
        <Field label="Material status" action={actions.includes("material-status") && <MaterialStatusEditor id={id} etag={r.etag} present={r.material_status} />}>
          {r.material_status}
        </Field>
        <Field label="Issues">{r.issues.join(", ")}</Field>
        {r.redelivery !== null && (
          <Field label="Redelivery asked for">
            {formatInstant(r.redelivery.requested_at)}
            <span className={styles.note}>
              {r.redelivery.scope === "Full" ? "all of it" : "metadata only"}, by {r.redelivery.cause.toLowerCase()}
            </span>
            {r.redelivery.reasons.length > 0 && <span className={styles.reasons}>{r.redelivery.reasons.join("; ")}</span>}
          </Field>
        )}
      </Fields>
    </div>
  );
}
