import { ActionIcon, Button, Popover, Tooltip } from "@mantine/core";
import { IconDownload, IconUpload } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { valueName } from "@/shared/i18n/values";
import { deliver } from "@/shared/lib/delivering";
import { actorName, formatInstant, formatNumber, formatSize } from "@/shared/lib/format";
import { Checksum } from "@/shared/ui/Checksum";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import { deliveriesQuery, type Deliveries } from "@/shared/api/request/getDeliveries";
import { findingTypeQuery } from "@/shared/api/findingTypes";
import { deliveriesAsOf } from "./asOf";
import { OverrideDialog } from "./OverrideDialog";
import { t } from "./messages/t";
import styles from "./Records.module.css";

type Delivery = Deliveries["deliveries"][number];
type File = Delivery["files"][number];
type Finding = Delivery["findings"][number];

interface Props {
  id: string;
  at: string | undefined;
  delivers: boolean; // whether the one who looks may deliver now
}

/** What was delivered: the files with all that is known of them, and what inspection found. */
export function DeliveriesTab({ id, at, delivers }: Props) {
  const deliveries = useQuery(deliveriesQuery(id));
  if (deliveries.isError && deliveries.data === undefined) return <ProblemNotice error={deliveries.error} title={t("deliveries.failed")} onRetry={() => void deliveries.refetch()} />;
  const shown = deliveriesAsOf(deliveries.data?.deliveries ?? [], at).toReversed();
  if (deliveries.isSuccess && shown.length === 0) return <p className={styles.empty}>{t(at === undefined ? "deliveries.none" : "deliveries.nonePast")}</p>;
  return (
    <div className={styles.records} aria-busy={deliveries.isPending || undefined}>
      {shown.map((d, i) => (
        <DeliveryRecord key={d.id} id={id} past={at !== undefined} delivers={delivers} delivery={d} number={shown.length - i} />
      ))}
    </div>
  );
}

function standing(d: Delivery): string {
  const there = d.files.filter((f) => f.delivered_at !== null).length;
  if (d.completed_at === null) return t("deliveries.soFar", { count: d.files.length, there: formatNumber(there), of: formatNumber(d.files.length) });
  if (d.inspected_at === null) return t("deliveries.beingInspected");
  const open = d.findings.filter((f) => !f.overridden).length;
  return open === 0 ? t("deliveries.passed") : t("deliveries.findings", { count: open, n: formatNumber(open) });
}

function DeliveryRecord({ id, past, delivers, delivery: d, number }: { id: string; past: boolean; delivers: boolean; delivery: Delivery; number: number }) {
  const facts = [t("deliveries.started", { at: formatInstant(d.started_at), who: actorName(d.started_by), method: valueName(d.method) })];
  if (d.completed_at !== null) facts.push(t("deliveries.completed", { at: formatInstant(d.completed_at) }));
  if (d.inspected_at !== null) facts.push(t("deliveries.inspected", { at: formatInstant(d.inspected_at) }));
  const nameOf = new Map(d.files.map((f) => [f.id, f.name]));
  const left = delivers && d.completed_at === null && d.files.some((f) => f.upload !== null);
  return (
    <section className={styles.record}>
      <div className={styles.titleLine}>
        <h2 className={styles.title}>
          {t("deliveries.number", { n: number })} <span className={styles.state}>{standing(d)}</span>
        </h2>
        {left && (
          <Button size="compact-xs" variant="default" leftSection={<IconUpload size={14} aria-hidden />} title={t("deliveries.goOnTip")} onClick={() => deliver({ requests: [id] })}>
            {t("deliveries.goOn")}
          </Button>
        )}
      </div>
      <p className={styles.facts}>{facts.join("; ")}</p>
      <div className={styles.scroller} tabIndex={0} role="group" aria-label={t("deliveries.number", { n: number })}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">{t("deliveries.file")}</th>
              <th scope="col" className={styles.right}>
                {t("deliveries.size")}
              </th>
              <th scope="col">{t("deliveries.status")}</th>
              <th scope="col">{t("deliveries.delivered")}</th>
              <th scope="col">{t("deliveries.processed")}</th>
              <th scope="col">{t("deliveries.method")}</th>
              <th scope="col">{t("deliveries.checksum")}</th>
              <th scope="col">
                <span className="sr-only">{t("deliveries.download")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {d.files.map((f) => (
              <FileRow key={f.id} file={f} listed={d.findings} past={past} />
            ))}
          </tbody>
        </table>
      </div>
      {d.findings.length > 0 && (
        <>
          <h3 className={styles.subtitle}>{t("deliveries.findingsTitle")}</h3>
          <ul className={styles.findings}>
            {d.findings.map((f) => (
              <FindingLine key={f.id} id={id} delivery={d.id} finding={f} file={d.files.length > 1 && f.file_id !== null ? nameOf.get(f.file_id) : undefined} past={past} />
            ))}
          </ul>
        </>
      )}
      {d.examined.length > 0 && (
        <details className={styles.examined}>
          <summary>{t("deliveries.examined")}</summary>
          <ul>
            {d.examined.map((e) => (
              <li key={e.file_id}>
                <strong>{nameOf.get(e.file_id)}</strong>: {e.as}
                {e.note !== null && <span className={styles.note}>{e.note}</span>}
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

function FileRow({ file: f, listed, past }: { file: File; listed: Finding[]; past: boolean }) {
  // What is listed below with its help needs not be said twice.
  const current = f.current_issues.filter((one) => one.source !== "Inspection" || !listed.some((finding) => finding.id === one.id));
  const last = past ? undefined : f.downloads.toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at))[0];
  return (
    <tr>
      <td>
        {f.name}
        {f.location !== null && <span className={styles.note}>{t("deliveries.elsewhere", { location: f.location })}</span>}
        {f.problem !== null && !past && <span className={styles.problem}>{f.problem}</span>}
        {last !== undefined && <span className={styles.note}>{t("deliveries.downloaded", { who: actorName(last.by), at: formatInstant(last.at) })}</span>}
        {!past && <Issues title={t("deliveries.current")} issues={current} />}
        {!past && <Issues title={t("deliveries.previous")} issues={f.previous_issues} />}
      </td>
      <td className={styles.right}>{f.status === "Uploading" ? t("deliveries.received", { received: formatSize(f.received), size: formatSize(f.size) }) : formatSize(f.size)}</td>
      <td className={styles.nowrap}>{valueName(f.status)}</td>
      <td className={styles.nowrap}>{f.delivered_at !== null && formatInstant(f.delivered_at)}</td>
      <td className={styles.nowrap}>{f.processed_at !== null && formatInstant(f.processed_at)}</td>
      <td className={styles.nowrap}>{valueName(f.method)}</td>
      <td className={styles.nowrap}>{f.sha256 !== null && <Checksum value={f.sha256} label={t("deliveries.copy")} />}</td>
      <td>
        {f.content !== null && !past && (
          <Tooltip label={t("deliveries.download")}>
            <ActionIcon component="a" href={f.content} download size={24} variant="subtle" color="gray" aria-label={t("deliveries.downloadOf", { name: f.name })}>
              <IconDownload size={16} />
            </ActionIcon>
          </Tooltip>
        )}
      </td>
    </tr>
  );
}

function Issues({ title, issues }: { title: string; issues: File["current_issues"] }) {
  if (issues.length === 0) return null;
  return (
    <div className={styles.issues}>
      <span className={styles.note}>{title}</span>
      <ul>
        {issues.map((one) => (
          <li key={one.id} data-done={one.resolved || undefined}>
            <strong>{one.code}</strong> {one.text}
            <span className={styles.note}>{[valueName(one.source), one.severity === null ? undefined : valueName(one.severity), one.resolved ? t("deliveries.resolved") : undefined].filter((part) => part !== undefined).join(", ")}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function FindingLine({ id, delivery, finding: f, file, past }: { id: string; delivery: string; finding: Finding; file: string | undefined; past: boolean }) {
  const [overriding, setOverriding] = useState(false);
  const places = [file === undefined ? undefined : t("deliveries.forFile", { name: file }), f.where === null ? undefined : t("deliveries.at", { where: f.where })].filter((part) => part !== undefined);
  return (
    <li data-done={f.overridden || undefined}>
      <span className={styles.finding}>
        <span>
          <strong>{f.code}</strong> {f.text}
          {(places.length > 0 || f.overridden || f.hard) && (
            <span className={styles.note}>{[...places, f.overridden ? t("deliveries.overridden", { reason: f.override_reason ?? "" }) : f.hard ? t("deliveries.hard") : undefined].filter((part) => part !== undefined).join("; ")}</span>
          )}
        </span>
        <span className={styles.findingTools}>
          {f.help !== null && <Help code={f.code} path={f.help} />}
          {f.overridable && !past && (
            <Button size="compact-xs" variant="default" aria-label={t("deliveries.overrideOf", { code: f.code })} onClick={() => setOverriding(true)}>
              {t("deliveries.override")}
            </Button>
          )}
        </span>
      </span>
      {overriding && <OverrideDialog id={id} delivery={delivery} finding={f} onClose={() => setOverriding(false)} />}
    </li>
  );
}

/** What a finding means and what to do about it. */
function Help({ code, path }: { code: string; path: string }) {
  const [opened, setOpened] = useState(false);
  const help = useQuery({ ...findingTypeQuery(path), enabled: opened });
  return (
    <Popover opened={opened} onChange={setOpened} width={360} position="bottom-end" trapFocus={false} withinPortal>
      <Popover.Target>
        <Button size="compact-xs" variant="subtle" aria-label={t("deliveries.whatOf", { code })} aria-expanded={opened} onClick={() => setOpened(!opened)}>
          {t("deliveries.what")}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={code}>
        {help.isPending && t("common.loading")}
        {help.isError && <ProblemNotice error={help.error} onRetry={() => void help.refetch()} />}
        {help.data !== undefined && (
          <>
            <p className={styles.helpText}>{help.data.meaning}</p>
            <p className={styles.helpText}>{t("deliveries.fixing", { text: help.data.fixing })}</p>
          </>
        )}
      </Popover.Dropdown>
    </Popover>
  );
}
