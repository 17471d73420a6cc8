import { Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { t as common } from "@/shared/i18n/t";
import { formatDate } from "@/shared/lib/format";
import { titlesQuery } from "./api/requests";
import { t } from "./messages/t";
import { titlesOf } from "./titles";

/** Chooses the title that files are for: one that waits for materials, or any open one by its name. */
export function TitlePicker({ onPick }: { onPick: (packageId: string) => void }) {
  const [text, setText] = useState("");
  const [typed] = useDebouncedValue(text.trim(), 200);
  const found = useQuery(titlesQuery(typed.length < 2 ? "" : typed));
  const titles = titlesOf(found.data ?? []);
  return (
    <Select
      searchable
      data-autofocus
      label={t("dialog.title")}
      placeholder={t("dialog.titlePlaceholder")}
      data={[...new Map(titles.map((one) => [one.packageId, one])).values()].slice(0, 50).map((one) => ({ value: one.packageId, label: `${one.title} · ${t("dialog.package", { id: one.packageId })} · ${t("page.due", { date: formatDate(one.due) })}` }))}
      // The server has searched.
      filter={({ options }) => options}
      searchValue={text}
      onSearchChange={setText}
      value={null}
      nothingFoundMessage={found.isFetching ? common("common.loading") : common("search.nothing")}
      onChange={(id) => id !== null && onPick(id)}
    />
  );
}
