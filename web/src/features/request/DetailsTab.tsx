import type { Schemas } from "@/shared/api/client";
import { valueName } from "@/shared/i18n/values";
import { daysBetween, formatDate, formatInstant } from "@/shared/lib/format";
import { Link } from "wouter";
import { EstimatedDeliveryDateEditor } from "./EstimatedDeliveryDateEditor";
import { Field, Fields } from "./Fields";
import { MaterialStatusEditor } from "./MaterialStatusEditor";
import styles from "./DetailsTab.module.css";
import { t } from "./messages/t";
import type { Shown } from "./RequestPage";

const causes = { Inspection: "field.byInspection", "Quality Control": "field.byQualityControl", Person: "field.byPerson", Import: "field.byImport" } as const;

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
      <Fields title={t("field.overview")}>
        <Field label={t("field.requestId")}>{r.request_id}</Field>
        <Field label={t("field.status")}>{valueName(r.status)}</Field>
        <Field label={t("field.sourceType")}>{valueName(r.source_type)}</Field>
        <Field label={t("field.serviceType")}>{valueName(r.service_type)}</Field>
        <Field label={t("field.language")}>{r.language}</Field>
        <Field label={t("field.countries")}>{r.countries.join(", ")}</Field>
        <Field label={t("field.contentPartner")}>{r.content_partner.name}</Field>
        <Field label={t("field.fulfillmentPartner")}>{r.fulfillment_partner?.name ?? null}</Field>
        {r.sub_assignee !== null && <Field label={t("field.subAssignee")}>{r.sub_assignee.name}</Field>}
        {r.upgrades !== null && (
          <Field label={t("field.replaces")}>
            <Link href={"/requests/" + encodeURIComponent(r.upgrades)}>{r.upgrades}</Link>
          </Field>
        )}
        <Field label={t("field.opened")}>{formatInstant(r.opened_at)}</Field>
        <Field label={t("field.lastChange")}>{formatInstant(r.updated_at)}</Field>
      </Fields>

      <Fields title={t("field.delivery")}>
        <Field label={t("field.dueDate")}>{formatDate(r.due_date)}</Field>
        <Field
          label={t("field.edd")}
          action={actions.includes("estimated-delivery-date") && <EstimatedDeliveryDateEditor id={id} etag={r.etag} dueDate={r.due_date} present={r.estimated_delivery_date} />}
        >
          {formatDate(r.estimated_delivery_date)}
          <span className={styles.note}>
            {!r.estimated_delivery_date_moved ? t("field.eddFollows") : late === 0 ? t("field.eddOn") : late > 0 ? t("field.eddAfter", { count: late }) : t("field.eddBefore", { count: -late })}
          </span>
        </Field>
        <Field label={t("field.materialStatus")} action={actions.includes("material-status") && <MaterialStatusEditor id={id} etag={r.etag} present={r.material_status} />}>
          {valueName(r.material_status)}
        </Field>
        <Field label={t("field.issues")}>{r.issues.join(", ")}</Field>
        {r.redelivery !== null && (
          <Field label={t("field.redelivery")}>
            {formatInstant(r.redelivery.requested_at)}
            <span className={styles.note}>{t(causes[r.redelivery.cause], { scope: t(r.redelivery.scope === "Full" ? "field.redeliveryAll" : "field.redeliveryMetadata") })}</span>
            {r.redelivery.reasons.length > 0 && <span className={styles.reasons}>{r.redelivery.reasons.join("; ")}</span>}
          </Field>
        )}
      </Fields>
    </div>
  );
}
