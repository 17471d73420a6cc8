import { Select, TextInput } from "@mantine/core";
import { t } from "./messages/t";
import { type Period, periods, type Span } from "./period";

interface Props {
  period: Period | undefined; // undefined for days of one's own
  span: Span; // the days of it
  today: string;
  onChange: (next: { period: Period | undefined; span: Span }) => void;
}

/** Chooses a period by name, or its first and last day. */
export function PeriodFields({ period, span, today, onChange }: Props) {
  const day = (name: "from" | "to") => <TextInput size="xs" type="date" label={t(name)} value={span[name] ?? ""} onChange={(event) => event.currentTarget.value !== "" && onChange({ period: undefined, span: { ...span, [name]: event.currentTarget.value } })} />;
  return (
    <>
      <Select
        size="xs"
        label={t("period.label")}
        data={[...periods.map((value) => ({ value: value as string, label: t(`period.${value}`) })), { value: "own", label: t("period.own") }]}
        value={period ?? "own"}
        allowDeselect={false}
        onChange={(value) => onChange(value === "own" ? { period: undefined, span: { from: today, to: today, ...span } } : { period: value as Period, span: {} })}
      />
      {period === undefined && day("from")}
      {period === undefined && day("to")}
    </>
  );
}
