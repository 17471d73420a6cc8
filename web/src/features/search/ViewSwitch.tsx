import { UnstyledButton } from "@mantine/core";
import { IconCalendar, IconList } from "@tabler/icons-react";
import { memo } from "react";
import { t } from "@/shared/i18n/t";
import styles from "./ViewSwitch.module.css";

interface Props {
  calendar: boolean;
  onChange: (calendar: boolean) => void;
}

/** The search as a list, or as days by their due dates. */
export const ViewSwitch = memo(function ViewSwitch({ calendar, onChange }: Props) {
  return (
    <div role="group" aria-label={t("view.as")} className={styles.switch}>
      <UnstyledButton className={styles.view} aria-pressed={!calendar} onClick={() => calendar && onChange(false)}>
        <IconList size={14} aria-hidden />
        {t("view.list")}
      </UnstyledButton>
      <UnstyledButton className={styles.view} aria-pressed={calendar} onClick={() => !calendar && onChange(true)}>
        <IconCalendar size={14} aria-hidden />
        {t("view.calendar")}
      </UnstyledButton>
    </div>
  );
});
