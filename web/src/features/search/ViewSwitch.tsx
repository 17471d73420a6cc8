import { IconCalendar, IconList } from "@tabler/icons-react";
import { memo } from "react";
import { t } from "@/shared/i18n/t";
import { Views } from "@/shared/ui/Views";

interface Props {
  calendar: boolean;
  onChange: (calendar: boolean) => void;
}

/** The search as a list, or as days by their due dates. */
export const ViewSwitch = memo(function ViewSwitch({ calendar, onChange }: Props) {
  return (
    <Views
      label={t("view.as")}
      views={[
        { value: "list", name: t("view.list"), icon: IconList },
        { value: "calendar", name: t("view.calendar"), icon: IconCalendar },
      ]}
      shown={calendar ? "calendar" : "list"}
      onChange={(view) => onChange(view === "calendar")}
    />
  );
});
