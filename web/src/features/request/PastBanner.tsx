import { ActionIcon, Button, Tooltip } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { IconChevronLeft, IconChevronRight, IconHistory } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Words } from "@/shared/i18n/Words";
import { formatMoment } from "@/shared/lib/format";
import { historyQuery } from "./api/getHistory";
import { t } from "./messages/t";
import styles from "@/shared/ui/PastBar.module.css";
import { momentsOf, placeOf } from "./timeline";

interface Props {
  id: string;
  at: string;
  before: boolean; // the request did not exist yet
  onTravel: (at: string | undefined) => void;
}

/** Says that the page shows the past, and goes on from change to change. */
export function PastBanner({ id, at, before, onTravel }: Props) {
  const history = useQuery(historyQuery(id));
  const moments = momentsOf(history.data?.entries ?? []);
  const place = placeOf(moments, at);
  const earlier = place > 0 ? moments[Date.parse(moments[place] ?? "") < Date.parse(at) ? place : place - 1] : undefined;
  const later = place + 1 < moments.length ? moments[place + 1] : undefined;
  useHotkeys([
    ["[", () => earlier !== undefined && onTravel(earlier)],
    ["]", () => history.data !== undefined && onTravel(later)], // behind the last change is the present
  ]);
  return (
    <div className={styles.past} role="status">
      <IconHistory size={16} aria-hidden />
      <span className={styles.text}>
        <Words text={t(before ? "past.before" : "past.at", { at: formatMoment(at) })} tags={{ strong: (inner) => <strong>{inner}</strong> }} />
      </span>
      <Tooltip label={t("past.earlier")}>
        <ActionIcon variant="default" size={26} aria-label={t("past.earlier")} disabled={earlier === undefined} onClick={() => onTravel(earlier)}>
          <IconChevronLeft size={16} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={t("past.later")}>
        <ActionIcon variant="default" size={26} aria-label={t("past.later")} disabled={history.data === undefined} onClick={() => onTravel(later)}>
          <IconChevronRight size={16} />
        </ActionIcon>
      </Tooltip>
      <Button size="compact-sm" variant="default" onClick={() => onTravel(undefined)}>
        {t("past.back")}
      </Button>
    </div>
  );
}
