import { ActionIcon, Popover, Tooltip } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { IconStar, IconStarFilled } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import type { Session } from "@/shared/api/session";
import { t } from "@/shared/i18n/t";
import type { Catalogue } from "@/shared/api/catalogue";
import { keys } from "@/shared/lib/keys";
import { templatesQuery } from "@/shared/api/templates";
import { type Loaded, matching } from "./saved";

const TemplatesPanel = lazy(async () => ({ default: (await import("./TemplatesPanel")).TemplatesPanel }));

interface Props {
  catalogue: Catalogue | undefined;
  session: Session;
  now: Loaded; // what would be saved
  onLoad: (loaded: Loaded) => void;
}

/** The star: saves what is there as a template, and loads those that were saved. */
export function TemplatesButton({ catalogue, session, now, onLoad }: Props) {
  const [opened, setOpened] = useState(false);
  useHotkeys([[keys.templates, () => setOpened(true)]]);
  const templates = useQuery(templatesQuery);
  const present = matching(templates.data?.templates ?? [], now);
  const label = present === undefined ? t("template.star") : t("template.isOne", { name: present.name });
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" width={400} trapFocus returnFocus>
      <Popover.Target>
        <Tooltip label={`${label} (S)`} disabled={opened}>
          <ActionIcon variant="subtle" color="gray" style={present === undefined ? undefined : { color: "var(--accent)" }} aria-label={label} onClick={() => setOpened(!opened)}>
            {present === undefined ? <IconStar size={16} /> : <IconStarFilled size={16} />}
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown p={0} aria-label={t("template.templates")}>
        <Suspense fallback={<div style={{ height: 200 }} />}>
          {opened && (
            <TemplatesPanel
              catalogue={catalogue}
              session={session}
              now={now}
              present={present}
              onLoad={(template) => {
                setOpened(false);
                onLoad(template);
              }}
            />
          )}
        </Suspense>
      </Popover.Dropdown>
    </Popover>
  );
}
