import { ActionIcon, Button, Tooltip } from "@mantine/core";
import { IconChevronLeft, IconChevronRight, IconHistory } from "@tabler/icons-react";
import { Words } from "@/shared/i18n/Words";
import { formatInstant } from "@/shared/lib/format";
import { t } from "../messages/t";
import styles from "@/shared/ui/PastBar.module.css";
import { localMinute, parseLocalMinute } from "./moments";

const day = 24 * 60 * 60_000; // ms

interface Props {
  asOf: string;
  onTravel: (asOf: string | undefined) => void;
}

/** Says that the search shows the past, and goes on to other moments. */
export function PastBanner({ asOf, onTravel }: Props) {
  const at = Date.parse(asOf);
  const known = !Number.isNaN(at); // else the server says what is wrong
  const goTo = (moment: number) => onTravel(moment >= Date.now() ? undefined : new Date(moment).toISOString());
  return (
    <div className={styles.past} role="status">
      <IconHistory size={16} aria-hidden />
      <span className={styles.text}>
        <Words text={t("past.at", { at: known ? formatInstant(asOf) : asOf })} tags={{ strong: (inner) => <strong>{inner}</strong> }} />
      </span>
      <Tooltip label={t("past.earlier")}>
        <ActionIcon variant="default" size={26} aria-label={t("past.earlier")} disabled={!known} onClick={() => goTo(at - day)}>
          <IconChevronLeft size={16} />
        </ActionIcon>
      </Tooltip>
      <input
        type="datetime-local"
        className={styles.moment}
        aria-label={t("past.moment")}
        max={localMinute(Date.now())}
        value={known ? localMinute(at) : ""}
        onChange={(event) => {
          const moment = parseLocalMinute(event.currentTarget.value);
          if (moment !== undefined) goTo(moment);
        }}
      />
      <Tooltip label={t("past.later")}>
        <ActionIcon variant="default" size={26} aria-label={t("past.later")} disabled={!known} onClick={() => goTo(at + day)}>
          <IconChevronRight size={16} />
        </ActionIcon>
      </Tooltip>
      <Button size="compact-sm" variant="default" onClick={() => onTravel(undefined)}>
        {t("past.back")}
      </Button>
    </div>
  );
}
