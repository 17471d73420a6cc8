import { formatNumber } from "@/shared/lib/format";
import table from "@/shared/ui/DataTable.module.css";
import type { Figures } from "./api/getFigures";
import { Count } from "./Count";
import { Met } from "./Met";
import { t } from "./messages/t";
import type { Behind, FigureName, Grouping } from "./reportState";
import styles from "./Reports.module.css";
import { ShareBar } from "./ShareBar";
import { formatShare, groupName } from "./words";

const names: FigureName[] = ["redelivery_rate", "on_time_rate", "blocker_share", "blocker_time"];

interface Props {
  grouping: Grouping;
  figures: Figures | undefined; // undefined while they come
  onBehind: (behind: Behind) => void;
}

/** The figures side by side, a group a line. */
export function GroupTable({ grouping, figures, onBehind }: Props) {
  const groups = figures?.groups ?? [];
  const left = (figures?.groups_total ?? 0) - groups.length;
  const longest = (name: FigureName) => Math.max(0.01, ...groups.map((g) => g.figures.find((f) => f.figure === name)?.share ?? 0), groups[0]?.figures.find((f) => f.figure === name)?.target.share ?? 0);
  return (
    <section aria-label={t(`by.${grouping}`)} className={styles.groups}>
      <table className={table.table} aria-busy={figures === undefined}>
        <thead>
          <tr>
            <th scope="col">{t(`by.${grouping}`)}</th>
            {names.map((name) => (
              <th key={name} scope="col">
                {t(`figure.${name}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {figures === undefined &&
            Array.from({ length: 6 }, (_, i) => (
              <tr key={i}>
                <td colSpan={5}>
                  <span className={table.bone} />
                </td>
              </tr>
            ))}
          {groups.map((group) => {
            const key = group.key[grouping] ?? null;
            const name = groupName(grouping, key);
            return (
              <tr key={key ?? ""}>
                <th scope="row" className={styles.group}>
                  {name}
                </th>
                {names.map((which) => {
                  const figure = group.figures.find((one) => one.figure === which);
                  if (figure === undefined) return <td key={which} />;
                  return (
                    <td key={which}>
                      <div className={styles.cell}>
                        <ShareBar share={figure.share} target={figure.target} longest={longest(which)} />
                        <span className={styles.cellShare}>{figure.share === null ? "–" : formatShare(figure.share)}</span>
                        <span className={styles.soft}>
                          <Count figure={figure} number="numerator" of={key ?? ""} name={name} onBehind={onBehind} /> / <Count figure={figure} number="denominator" of={key ?? ""} name={name} onBehind={onBehind} />
                        </span>
                        <Met figure={figure} />
                      </div>
                    </td>
                  );
                })}
              </tr>
            );
          })}
        </tbody>
      </table>
      {figures !== undefined && groups.length === 0 && <p className={table.empty}>{t("noGroups")}</p>}
      {left > 0 && <p className={styles.soft}>{t("left", { n: formatNumber(left) })}</p>}
    </section>
  );
}
