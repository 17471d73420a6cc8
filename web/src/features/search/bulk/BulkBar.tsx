import { ActionIcon, Button, Menu, Tooltip } from "@mantine/core";
import { IconDownload, IconFileUpload, IconPackageImport, IconUpload, IconX } from "@tabler/icons-react";
import { lazy, type ReactNode, Suspense, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { Session } from "@/shared/api/session";
import { sentence } from "@/shared/api/problem";
import { t } from "@/shared/i18n/t";
import { deliver, mayDeliver } from "@/shared/lib/delivering";
import { formatNumber } from "@/shared/lib/format";
import { mayProvide, provide } from "@/shared/lib/providing";
import type { Target } from "@/shared/api/request/getTargetRows";
import { countOf, deliveredTo, type Extent, type Selection } from "../selection/selection";
import { type Action, actionsOf, keyOf, labels } from "./actions";
import { archiveMaterials } from "./api/archiveMaterials";
import { exportRequests, type Format } from "./api/exportRequests";
import type { Job } from "./api/startBulk";
import styles from "./BulkBar.module.css";
import { actionIcons } from "./icons";
import { JobLine } from "./JobLine";
import { useTrackedJobs } from "./jobs";

const RefusalsDialog = lazy(async () => ({ default: (await import("./RefusalsDialog")).RefusalsDialog }));

interface Props {
  session: Session;
  selection: Selection;
  extent: Extent;
  listName: string | undefined; // of the open list, if one is open
  target: Target;
  columns: string[]; // as an export has them
  sort: string[];
  otherClock: boolean; // than the server's: then there is only what was chosen by hand
  onSelect: (selection: Selection) => void;
  onClear: () => void;
  onAct: (action: Action) => void;
}

/** What is chosen and what can be done to it; the jobs that came of it. */
export function BulkBar({ session, selection, extent, listName, target, columns, sort, otherClock, onSelect, onClear, onAct }: Props) {
  const jobs = useTrackedJobs();
  const [refused, setRefused] = useState<Job>();
  const count = countOf(selection, extent);
  return (
    <>
      {jobs.length > 0 && (
        <section className={styles.jobs} aria-label={t("job.jobs")}>
          {jobs.map((one) => (
            <JobLine key={one.job.id} tracked={one} onRefusals={setRefused} />
          ))}
        </section>
      )}
      {count > 0 && (
        <section className={styles.bar} aria-label={t("select.bar")}>
          <span role="status" className={styles.count}>
            {t("select.selected", { count, n: formatNumber(count) })}
          </span>
          <span className={styles.more}>
            {!otherClock && listName !== undefined && selection.kind !== "list" && extent.list > 0 && !(selection.kind === "some" && count >= extent.list) && (
              <button type="button" className={styles.link} onClick={() => onSelect({ kind: "list", except: new Set() })} title={t("select.allOf", { label: listName })}>
                {t("select.list", { n: formatNumber(extent.list) })}
              </button>
            )}
            {!otherClock && selection.kind !== "matched" && extent.matched > extent.list && (
              <button type="button" className={styles.link} onClick={() => onSelect({ kind: "matched", except: new Set() })}>
                {t("select.matched", { n: formatNumber(extent.matched) })}
              </button>
            )}
          </span>
          <Actions>
            <ExportButton target={target} columns={columns} sort={sort} />
            <MaterialsButton target={target} />
            {mayDeliver(session) && (
              <Tooltip label={t("deliver.tip")}>
                <Button size="compact-sm" variant="subtle" color="gray" className={styles.action} leftSection={<IconUpload size={16} aria-hidden />} onClick={() => deliver({ requests: deliveredTo(selection) })} aria-label={t("deliver.deliver")}>
                  <span data-word>{t("deliver.short")}</span>
                </Button>
              </Tooltip>
            )}
            {mayProvide(session) && (
              <Tooltip label={t("provide.tip")}>
                <Button size="compact-sm" variant="subtle" color="gray" className={styles.action} leftSection={<IconFileUpload size={16} aria-hidden />} onClick={() => provide({ to: target })} aria-label={t("provide.provide")}>
                  <span data-word>{t("provide.short")}</span>
                </Button>
              </Tooltip>
            )}
            {actionsOf(session).map((action) => {
              const Icon = actionIcons[action];
              const key = keyOf[action];
              return (
                <Tooltip key={action} label={t(labels[action]) + (key === undefined ? "" : ` (${key.toUpperCase()})`)}>
                  <Button size="compact-sm" variant="subtle" color="gray" className={styles.action} leftSection={<Icon size={16} aria-hidden />} onClick={() => onAct(action)} aria-label={t(labels[action])}>
                    <span data-word>{t(`actionShort.${action}`)}</span>
                  </Button>
                </Tooltip>
              );
            })}
            <Tooltip label={t("select.clear")}>
              <ActionIcon size={28} variant="subtle" color="gray" aria-label={t("select.clear")} onClick={onClear}>
                <IconX size={16} />
              </ActionIcon>
            </Tooltip>
          </Actions>
        </section>
      )}
      {refused !== undefined && (
        <Suspense fallback={null}>
          <RefusalsDialog job={refused} onClose={() => setRefused(undefined)} />
        </Suspense>
      )}
    </>
  );
}

/** In one line: where there is no room for all words, the last ones go, and their icons say them in tooltips. */
function Actions({ children }: { children: ReactNode }) {
  const room = useRef<HTMLSpanElement>(null);
  const taken = useRef<HTMLSpanElement>(null);
  const fit = useCallback(() => {
    if (room.current === null || taken.current === null) return;
    const words = [...taken.current.querySelectorAll<HTMLElement>("[data-word]")];
    for (const word of words) word.hidden = false;
    for (const word of words.toReversed()) {
      if (taken.current.offsetWidth <= room.current.clientWidth) break;
      word.hidden = true;
    }
  }, []);
  useLayoutEffect(fit);
  useEffect(() => {
    const observer = new ResizeObserver(fit);
    if (room.current !== null) observer.observe(room.current);
    return () => observer.disconnect();
  }, [fit]);
  return (
    <span ref={room} className={styles.room} data-actions>
      <span ref={taken} className={styles.actions}>
        {children}
      </span>
    </span>
  );
}

function MaterialsButton({ target }: Pick<Props, "target">) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const start = async () => {
    setBusy(true);
    setError(undefined);
    try {
      await archiveMaterials(target);
    } catch (failure) {
      setError(sentence(failure));
    }
    setBusy(false);
  };
  return (
    <>
      {error !== undefined && (
        <span role="alert" className={styles.error}>
          {error}
        </span>
      )}
      <Tooltip label={t("materials.download")}>
        <Button size="compact-sm" variant="subtle" color="gray" className={styles.action} loading={busy} leftSection={<IconPackageImport size={16} aria-hidden />} onClick={() => void start()} aria-label={t("materials.download")}>
          <span data-word>{t("materials.short")}</span>
        </Button>
      </Tooltip>
    </>
  );
}

function ExportButton({ target, columns, sort }: Pick<Props, "target" | "columns" | "sort">) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const start = async (format: Format) => {
    setBusy(true);
    setError(undefined);
    try {
      await exportRequests(target, format, columns, sort);
    } catch (failure) {
      setError(sentence(failure));
    }
    setBusy(false);
  };
  return (
    <>
      {error !== undefined && (
        <span role="alert" className={styles.error}>
          {error}
        </span>
      )}
      <Menu position="top-start">
        <Menu.Target>
          <Tooltip label={t("export.tip")}>
            <Button size="compact-sm" variant="subtle" color="gray" className={styles.action} loading={busy} leftSection={<IconDownload size={16} aria-hidden />} aria-label={t("export.export")}>
              <span data-word>{t("export.export")}</span>
            </Button>
          </Tooltip>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => void start("xlsx")}>{t("export.xlsx")}</Menu.Item>
          <Menu.Item onClick={() => void start("csv")}>{t("export.csv")}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  );
}
