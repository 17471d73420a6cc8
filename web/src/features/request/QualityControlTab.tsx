import { useQuery } from "@tanstack/react-query";
import { actorName, formatInstant } from "@/shared/lib/format";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import { qualityControlsQuery } from "./api/getQualityControls";
import { qualityControlsAsOf } from "./asOf";
import styles from "./Records.module.css";

export function QualityControlTab({ id, at }: { id: string; at: string | undefined }) {
  const results = useQuery(qualityControlsQuery(id));
  if (results.isError && results.data === undefined) return <ProblemNotice error={results.error} title="Quality control cannot be shown" onRetry={() => void results.refetch()} />;
  const shown = qualityControlsAsOf(results.data?.quality_controls ?? [], at).toReversed();
  if (results.isSuccess && shown.length === 0) return <p className={styles.empty}>There {at === undefined ? "has been" : "had been"} no quality control yet.</p>;
  return (
    <div className={styles.records}>
      {shown.map((r) => (
        <section key={r.id} className={styles.record}>
          <h2 className={styles.title}>
            {r.check} check <span className={styles.state}>{r.passed ? "passed" : "failed"}</span>
          </h2>
          <p className={styles.facts}>
            {formatInstant(r.recorded_at)} by {actorName(r.recorded_by)}
          </p>
          {r.issues.length > 0 && (
            <table className={styles.table}>
              <thead>
                <tr>
                  <th scope="col">Severity</th>
                  <th scope="col">In</th>
                  <th scope="col">Out</th>
                  <th scope="col">Issue</th>
                  <th scope="col">Answer</th>
                </tr>
              </thead>
              <tbody>
                {r.issues.map((i) => (
                  <tr key={i.id}>
                    <td className={styles.severity} data-severity={i.severity}>
                      {i.severity}
                    </td>
                    <td className={styles.timecode}>{i.timecode_in}</td>
                    <td className={styles.timecode}>{i.timecode_out}</td>
                    <td>
                      {i.description}
                      <span className={styles.note}>
                        {i.category}, {i.code}
                      </span>
                    </td>
                    <td>
                      {i.answer ?? <span className={styles.state}>none yet</span>}
                      {i.answered_by !== null && i.answered_at !== null && (
                        <span className={styles.note}>
                          {actorName(i.answered_by)}, {formatInstant(i.answered_at)}
                          {i.note !== null && i.note !== "" && `: ${i.note}`}
                        </span>
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </section>
      ))}
    </div>
  );
}
