import { Loader, SegmentedControl, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useIntent } from "@/shared/api/intent";
import { t } from "@/shared/i18n/t";
import { daysBetween, formatDate, formatNumber } from "@/shared/lib/format";
import form from "@/shared/ui/Form.module.css";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import type { Row } from "../../api/getRequests";
import { shortTitle } from "@/shared/lib/shortTitle";
import { getTargetRows } from "@/shared/api/request/getTargetRows";
import { startBulk, type Order } from "../api/startBulk";
import type { FormProps } from "../BulkDialog";
import styles from "../Bulk.module.css";
import { moveBack, undoable } from "../undo";
import { Footer } from "./Footer";

/** How many requests can be given a date each; beyond that it is a spreadsheet's work. */
const most = 200;

/** Moves estimated delivery dates: one for all, or one for each. */
export function DateForm({ target, count, sort, onStarted, onClose }: FormProps) {
  const [mode, setMode] = useState<"all" | "each">("all");
  const [date, setDate] = useState("");
  const [dates, setDates] = useState<ReadonlyMap<string, string>>(new Map());
  const [reason, setReason] = useState("");
  const intent = useIntent();
  const rows = useQuery({
    queryKey: ["requests", "dates", target, sort],
    queryFn: () => getTargetRows(target, ["title", "language", "source_type", "due_date", "estimated_delivery_date"], most, sort),
    enabled: count <= most,
    staleTime: Infinity,
  });
  const changed = (rows.data ?? []).flatMap((row) => {
    const next = dates.get(row.request_id);
    return next === undefined || next === "" || next === row.estimated_delivery_date ? [] : [{ request_id: row.request_id, date: next }];
  });
  const start = useMutation({
    mutationFn: async () => {
      const said = reason.trim();
      const back = t("bulk.edd.takenBack", { reason: said });
      if (mode === "each") {
        const order = { rows: changed, reason: said };
        return { job: await startBulk("estimated-delivery-date", order, intent.keyFor(order)), undo: moveBack(rows.data ?? [], new Map(changed.map((one) => [one.request_id, one.date])), back) };
      }
      const before = rows.data ?? (await getTargetRows(target, ["estimated_delivery_date"], undoable));
      const order: Order = { ...(before === undefined ? target : { ids: before.map((row) => row.request_id) }), date, reason: said };
      return { job: await startBulk("estimated-delivery-date", order, intent.keyFor(order)), undo: before === undefined ? undefined : moveBack(before, date, back) };
    },
    onSuccess: onStarted,
  });
  const only = count === 1 ? rows.data?.[0] : undefined;
  return (
    <form
      className={form.form}
      onSubmit={(event) => {
        event.preventDefault();
        start.mutate();
      }}
    >
      {count > 1 && count <= most && (
        <SegmentedControl
          aria-label={t("bulk.edd.mode")}
          value={mode}
          onChange={(value) => setMode(value as "all" | "each")}
          data={[
            { value: "all", label: t("bulk.edd.all") },
            { value: "each", label: t("bulk.edd.each") },
          ]}
        />
      )}
      {mode === "all" ? (
        <TextInput
          type="date"
          label={t("bulk.edd.date")}
          description={only === undefined ? t("bulk.edd.dueStays") : lateness(only, date)}
          required
          withAsterisk={false}
          data-autofocus
          value={date}
          onChange={(event) => setDate(event.currentTarget.value)}
        />
      ) : rows.isError ? (
        <ProblemNotice error={rows.error} onRetry={() => void rows.refetch()} />
      ) : rows.data === undefined ? (
        <Loader size="sm" aria-label={t("common.loading")} />
      ) : (
        <div className={styles.dates}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t("bulk.edd.request")}</th>
                <th scope="col">{t("list.short.due")}</th>
                <th scope="col">{t("list.short.edd")}</th>
              </tr>
            </thead>
            <tbody>
              {rows.data.map((row) => {
                const value = dates.get(row.request_id) ?? row.estimated_delivery_date ?? "";
                const name = `${shortTitle(row.title ?? "")}, ${row.source_type ?? ""}, ${row.language ?? ""}`;
                return (
                  <tr key={row.request_id} data-changed={value !== row.estimated_delivery_date || undefined}>
                    <td title={name}>{name}</td>
                    <td className={styles.due}>{row.due_date === undefined ? "" : formatDate(row.due_date)}</td>
                    <td>
                      <input type="date" className={styles.date} aria-label={t("bulk.edd.dateOf", { name: `${name}, ${row.request_id}` })} value={value} onChange={(event) => setDates(new Map(dates).set(row.request_id, event.currentTarget.value))} />
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
      <Textarea label={t("bulk.reason")} required withAsterisk={false} autosize minRows={2} maxRows={6} maxLength={2000} placeholder={t("bulk.edd.reason")} value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
      <Footer
        button={mode === "each" ? t("bulk.edd.buttonEach", { count: changed.length, n: formatNumber(changed.length) }) : t("bulk.edd.button")}
        error={start.error}
        pending={start.isPending}
        disabled={reason.trim() === "" || (mode === "all" ? date === "" : changed.length === 0)}
        onClose={onClose}
      />
    </form>
  );
}

function lateness(row: Row, date: string): string {
  const due = row.due_date === undefined ? "" : formatDate(row.due_date);
  const days = row.due_date === undefined || date === "" ? 0 : daysBetween(row.due_date, date);
  const present = row.estimated_delivery_date === undefined ? "" : formatDate(row.estimated_delivery_date);
  return days > 0 ? t("bulk.edd.late", { count: days, due }) : t("bulk.edd.due", { due, present });
}
