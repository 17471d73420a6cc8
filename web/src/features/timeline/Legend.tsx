import { Sign } from "./Sign";
import { t } from "./messages/t";
import styles from "./Timeline.module.css";

const bars = ["on_track", "at_risk", "critical"] as const;

/** What colours, shapes and signs mean. */
export function Legend() {
  return (
    <ul aria-label={t("legend.legend")} className={styles.legend}>
      {bars.map((look) => (
        <li key={look}>
          <Bar look={look} /> {t(`insight.${look}`)}
        </li>
      ))}
      <li>
        <Bar look="critical" overdue /> {t("legend.overdue")}
      </li>
      <li>
        <Bar look="delivered" /> {t("legend.delivered")}
      </li>
      <li>
        <Bar look="done" /> {t("legend.done")}
      </li>
      <li>
        <Bar look="cancelled" /> {t("legend.cancelled")}
      </li>
      <li>
        <Bar look="planned" /> {t("legend.planned")}
      </li>
      <li>
        <span className={styles.swatch}>
          <span className={styles.due} />
        </span>
        {t("legend.due")}
      </li>
      <li>
        <span className={styles.swatch}>
          <span className={styles.estimate} />
        </span>
        {t("legend.estimate")}
      </li>
      <li>
        <Sign kind="delivery_completed" passed={null} /> {t("legend.delivery")}
      </li>
      <li>
        <Sign kind="quality_control_recorded" passed /> {t("legend.qcPassed")}
      </li>
      <li>
        <Sign kind="quality_control_recorded" passed={false} /> {t("legend.qcFailed")}
      </li>
      <li>
        <Sign kind="redelivery_requested" passed={null} /> {t("legend.redelivery")}
      </li>
    </ul>
  );
}

function Bar({ look, overdue = false }: { look: string; overdue?: boolean }) {
  return (
    <span className={styles.swatch} aria-hidden>
      <span className={styles.span} data-look={look} data-overdue={overdue || undefined} style={{ left: 0, width: "100%" }} />
    </span>
  );
}
