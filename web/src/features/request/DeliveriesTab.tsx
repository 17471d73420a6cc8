import { useQuery } from "@tanstack/react-query";
import { actorName, formatInstant, formatSize } from "@/shared/lib/format";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import { deliveriesQuery, type Deliveries } from "./api/getDeliveries";
import { deliveriesAsOf } from "./asOf";
import styles from "./Records.module.css";

export function DeliveriesTab({ id, at }: { id: string; at: string | undefined }) {
  const deliveries = useQuery(deliveriesQuery(id));
  if (deliveries.isError && deliveries.data === undefined) return <ProblemNotice error={deliveries.error} title="The deliveries cannot be shown" onRetry={() => void deliveries.refetch()} />;
  const shown = deliveriesAsOf(deliveries.data?.deliveries ?? [], at).toReversed();
  if (deliveries.isSuccess && shown.length === 0) return <p className={styles.empty}>Nothing {at === undefined ? "has been" : "had been"} delivered through the portal yet.</p>;
  return (
    <div className={styles.records}>
      {shown.map((d, i) => (
        <DeliveryRecord key={d.id} delivery={d} number={shown.length - i} />
      ))}
    </div>
  );
}

function standing(d: Deliveries["deliveries"][number]): string {
  if (d.completed_at === null) return "under way";
  if (d.inspected_at === null) return "not inspected yet";
  const open = d.findings.filter((f) => !f.overridden).length;
  return open === 0 ? "passed inspection" : `${open} ${open === 1 ? "finding" : "findings"}`;
}

function DeliveryRecord({ delivery: d, number }: { delivery: Deliveries["deliveries"][number]; number: number }) {
  return (
    <section className={styles.record}>
      <h2 className={styles.title}>
        Delivery {number} <span className={styles.state}>{standing(d)}</span>
      </h2>
      <p className={styles.facts}>
        Started {formatInstant(d.started_at)} by {actorName(d.started_by)}, {d.method}
        {d.completed_at !== null && `; completed ${formatInstant(d.completed_at)}`}
        {d.inspected_at !== null && `; inspected ${formatInstant(d.inspected_at)}`}
      </p>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">File</th>
            <th scope="col" className={styles.right}>
              Size
            </th>
            <th scope="col">Arrived</th>
            <th scope="col">SHA-256</th>
          </tr>
        </thead>
        <tbody>
          {d.files.map((f) => (
            <tr key={f.id}>
              <td>{f.name}</td>
              <td className={styles.right}>{formatSize(f.size)}</td>
              <td>{f.delivered_at === null ? "not yet" : formatInstant(f.delivered_at)}</td>
              <td title={f.sha256 ?? undefined}>{f.sha256 === null ? "" : f.sha256.slice(0, 12) + "…"}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {d.findings.length > 0 && (
        <ul className={styles.findings}>
          {d.findings.map((f) => (
            <li key={f.id} data-done={f.overridden || undefined}>
              <strong>{f.code}</strong> {f.text}
              {f.where !== null && `, at ${f.where}`}
              <span className={styles.note}>
                {f.overridden ? `overridden: ${f.override_reason ?? ""}` : f.hard ? "cannot be overridden" : "may be overridden"}
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
