import { Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { t } from "@/shared/i18n/t";
import { searchQuery } from "./api/findRequests";
import type { Destination, Match } from "./matching";
import { nameOf } from "./words";

interface Props {
  file: string;
  match: Match | undefined;
  about: readonly Destination[]; // those that the dialog is about
  present: string | undefined;
  onPick: (request: Destination | undefined) => void; // undefined: leave it as it is
}

/** Chooses the request that a file goes to: of those that its name may mean, or any by title or id. */
export function RequestPicker({ file, match, about, present, onPick }: Props) {
  const [text, setText] = useState("");
  const [typed] = useDebouncedValue(text, 200);
  const found = useQuery(searchQuery(typed));
  const likely: Destination[] = (match?.candidates ?? []).map((c) => ({ ...c, material_status: undefined }));
  const options = new Map<string, Destination>();
  for (const one of [...about, ...likely, ...(typed.trim().length >= 2 ? (found.data ?? []) : [])]) if (!options.has(one.request_id)) options.set(one.request_id, one);
  return (
    <Select
      size="xs"
      autoFocus
      searchable
      defaultDropdownOpened
      aria-label={t("deliver.requestOf", { name: file })}
      placeholder={t("deliver.titleOrId")}
      data={[...options.values()].map((one) => ({ value: one.request_id, label: `${nameOf(one, one.request_id)} · ${one.request_id}` }))}
      // The server has searched; what it found is not to be searched again.
      filter={({ options: all, search }) => {
        const words = search.trim().toLowerCase();
        const byServer = new Set((found.data ?? []).map((one) => one.request_id));
        return all.filter((one) => "value" in one && (byServer.has(String(one.value)) || one.label.toLowerCase().includes(words)));
      }}
      searchValue={text}
      onSearchChange={setText}
      value={null}
      nothingFoundMessage={typed.trim().length < 2 ? t("deliver.typeMore") : found.isFetching ? t("common.loading") : t("search.nothing")}
      comboboxProps={{ withinPortal: true, width: 420, position: "bottom-end" }}
      onChange={(id) => onPick(id === null ? undefined : options.get(id))}
      onBlur={() => onPick(undefined)}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation(); // the dialog would close
        onPick(undefined);
      }}
      data-present={present}
    />
  );
}
