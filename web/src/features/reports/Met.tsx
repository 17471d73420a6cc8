import { IconCheck, IconX } from "@tabler/icons-react";
import type { Figure } from "./api/getFigures";
import { t } from "./messages/t";
import styles from "./Reports.module.css";

/** Whether the target is met, by word, shape and colour. */
export function Met({ figure }: { figure: Figure }) {
  if (figure.met === null) return null;
  const Icon = figure.met ? IconCheck : IconX;
  return (
    <span className={figure.met ? styles.met : styles.missed}>
      <Icon size={14} aria-hidden /> {t(figure.met ? "met" : "missed")}
    </span>
  );
}
