import { ActionIcon, Tooltip } from "@mantine/core";
import type { ReactNode } from "react";

/** A small button beside a file. */
export function Tool({ label, name, onClick, children }: { label: string; name: string; onClick: () => void; children: ReactNode }) {
  return (
    <Tooltip label={label}>
      <ActionIcon size={24} variant="subtle" color="gray" aria-label={`${label}: ${name}`} onClick={onClick}>
        {children}
      </ActionIcon>
    </Tooltip>
  );
}
