import type { ReactNode } from "react";
import styles from "./DataTable.module.css";

interface Props {
  label: string;
  heads: string[];
  actions?: string; // what the last column is for, for who does not see its buttons
  children: ReactNode[] | undefined; // rows; undefined while they are on their way
}

const bones = 8;

/** A table of what a page lists, with rows to come in the place of those that are not there yet. */
export function DataTable({ label, heads, actions, children }: Props) {
  const columns = heads.length + (actions === undefined ? 0 : 1);
  return (
    <table className={styles.table} aria-label={label} aria-busy={children === undefined}>
      <thead>
        <tr>
          {heads.map((head) => (
            <th key={head} scope="col">
              {head}
            </th>
          ))}
          {actions !== undefined && (
            <th scope="col">
              <span className="sr-only">{actions}</span>
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {children ??
          Array.from({ length: bones }, (_, i) => (
            <tr key={i}>
              <td colSpan={columns}>
                <span className={styles.bone} />
              </td>
            </tr>
          ))}
      </tbody>
    </table>
  );
}
