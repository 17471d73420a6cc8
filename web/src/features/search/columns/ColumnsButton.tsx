import { ActionIcon, Popover, Tooltip } from "@mantine/core";
import { IconColumns3 } from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";
import { t } from "@/shared/i18n/t";
import type { ListColumn } from "../columns";
import type { Arrangement } from "./arrangement";

const ColumnsPanel = lazy(async () => ({ default: (await import("./ColumnsPanel")).ColumnsPanel }));

interface Props {
  columns: ListColumn[];
  arrangement: Arrangement;
  onArrange: (next: Arrangement | undefined) => void;
}

export function ColumnsButton({ columns, arrangement, onArrange }: Props) {
  const [opened, setOpened] = useState(false);
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" width={296} trapFocus returnFocus>
      <Popover.Target>
        <Tooltip label={t("columns.choose")} disabled={opened}>
          <ActionIcon variant="subtle" color="gray" size={24} aria-label={t("columns.choose")} onClick={() => setOpened(!opened)}>
            <IconColumns3 size={16} />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown p={0} aria-label={t("columns.columns")}>
        <Suspense fallback={<div style={{ height: 420 }} />}>{opened && <ColumnsPanel columns={columns} arrangement={arrangement} onArrange={onArrange} />}</Suspense>
      </Popover.Dropdown>
    </Popover>
  );
}
