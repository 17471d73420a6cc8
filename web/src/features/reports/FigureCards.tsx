import { Skeleton } from "@mantine/core";
import type { Figure } from "./api/getFigures";
import { Count } from "./Count";
import { Met } from "./Met";
import { t } from "./messages/t";
import type { Behind, FigureName } from "./reportState";
import styles from "./Reports.module.css";
import { formatDuration, formatShare } from "./words";

const names: FigureName[] = ["redelivery_rate", "on_time_rate", "blocker_share", "blocker_time"];

interface Props {
  figures: Figure[] | undefined; // undefined while they come
  onBehind: (behind: Behind) => void;
}

/** The four figures of everything, with what each means. */
export function FigureCards({ figures, onBehind }: Props) {
  return (
    <div className={styles.cards}>
      {names.map((name) => {
        const figure = figures?.find((one) => one.figure === name);
        return (
          <section key={name} className={styles.card} aria-label={t(`figure.${name}`)}>
            <h2 className={styles.name}>{t(`figure.${name}`)}</h2>
            {figure === undefined ? (
              <Skeleton height={68} />
            ) : (
              <>
                <p className={styles.share}>
                  {figure.share === null ? <span className={styles.nothing}>{t("nothing")}</span> : formatShare(figure.share)}
                  <Met figure={figure} />
                </p>
                <p className={styles.soft}>
                  <Count figure={figure} number="numerator" onBehind={onBehind} /> {t("of")} <Count figure={figure} number="denominator" onBehind={onBehind} />
                  {" · "}
                  {t(figure.target.at_least ? "atLeast" : "atMost", { share: formatShare(figure.target.share) })}
                </p>
                <p className={styles.soft}>
                  {figure.waiting > 0 && (
                    <>
                      <Count figure={figure} number="waiting" onBehind={onBehind} /> {t("waiting")}{" "}
                    </>
                  )}
                  {figure.unknown > 0 && (
                    <>
                      <Count figure={figure} number="unknown" onBehind={onBehind} /> {t("unknown")}{" "}
                    </>
                  )}
                  {figure.time?.median != null && figure.time.p90 != null && t("took", { median: formatDuration(figure.time.median), p90: formatDuration(figure.time.p90) })}
                </p>
              </>
            )}
            <p className={styles.means}>{t(`means.${name}`)}</p>
          </section>
        );
      })}
    </div>
  );
}
