import { UnstyledButton } from "@mantine/core";
import { formatNumber } from "@/shared/lib/format";
import type { Figure } from "./api/getFigures";
import { t } from "./messages/t";
import type { Behind, CountName } from "./reportState";
import styles from "./Reports.module.css";

interface Props {
  figure: Figure;
  number: CountName & keyof Figure;
  of?: string; // the group's key
  name?: string; // the group's name
  onBehind: (behind: Behind) => void;
}

/** A number; what is behind it opens by a click. */
export function Count({ figure, number, of, name, onBehind }: Props) {
  const n = figure[number] as number;
  if (n === 0) return <span className={styles.zero}>0</span>;
  return (
    <UnstyledButton className={styles.count} aria-label={[formatNumber(n), t(`number.${number}`), t(`figure.${figure.figure}`), ...(name === undefined ? [] : [name])].join(", ")} onClick={() => onBehind({ figure: figure.figure, number, of })}>
      {formatNumber(n)}
    </UnstyledButton>
  );
}
