import { Button, NativeSelect, Radio } from "@mantine/core";
import { IconFileUpload } from "@tabler/icons-react";
import { useQueries, useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { sentence } from "@/shared/api/problem";
import { materialsQuery } from "@/shared/api/request/getMaterials";
import type { Target } from "@/shared/api/request/getTargetRows";
import { t as common } from "@/shared/i18n/t";
import { valueName } from "@/shared/i18n/values";
import { formatNumber } from "@/shared/lib/format";
import type { ProvideOrder } from "@/shared/lib/providing";
import { Dialog } from "@/shared/ui/Dialog";
import { FormError } from "@/shared/ui/FormError";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import { CancelDialog } from "@/shared/upload/CancelDialog";
import { Chooser } from "@/shared/upload/Chooser";
import { baseName, continues } from "@/shared/upload/continues";
import { t as words } from "@/shared/upload/messages/t";
import { isLitter, type Picked } from "@/shared/upload/picked";
import { takeBack } from "@/shared/upload/send";
import { progressOf } from "@/shared/upload/transfers";
import { TransfersHead } from "@/shared/upload/TransfersHead";
import { UnfinishedList } from "@/shared/upload/UnfinishedList";
import uploads from "@/shared/upload/Upload.module.css";
import { useTransfers, useWarning } from "@/shared/upload/useTransfers";
import { mostRequests, packageQuery, targetQuery } from "./api/requests";
import { createUpload } from "./api/uploads";
import { checksOf, type Entry, grouped, placeOf, type Row } from "./entries";
import { FileTable } from "./FileTable";
import { kindOf, kinds } from "./kinds";
import { t } from "./messages/t";
import styles from "./Provide.module.css";
import { ProvidingList } from "./ProvidingList";
import type { MaterialStatus, Sent } from "./providings";
import { packageOf, type Scope, scopesOf } from "./scopes";
import { providings, transfers } from "./sending";
import { TitlePicker } from "./TitlePicker";
import { useProvidings, useUnfinished } from "./useProvidings";
import { aboutText, assetOf } from "./words";

const most = 500; // files in one act
const looked = 10; // requests whose materials are looked at
const statuses: readonly MaterialStatus[] = ["Received", "Accepted"];

interface Props {
  order: ProvideOrder | undefined; // none where somebody looks at what is on its way
  setsStatus: boolean; // whether the account says how the materials are
  onClose: () => void;
}

let keys = 0;

/** Provides materials: files are chosen, looked at and sent, and given to the requests; what is on its way and what came of it is below. */
export function ProvideDialog({ order, setsStatus, onClose }: Props) {
  const acts = useProvidings();
  const sending = useTransfers(transfers);
  const unfinished = useUnfinished(acts, sending);
  const [picked, setPicked] = useState<Target>();
  const to = order?.to ?? picked;
  const [entries, setEntries] = useState<readonly Entry[]>([]);
  const [scope, setScope] = useState<Scope["key"]>();
  const [status, setStatus] = useState<MaterialStatus | "">();
  const [busy, setBusy] = useState(false);
  const [told, setTold] = useState<string>();
  const [error, setError] = useState<string>();
  const [cancelling, setCancelling] = useState<Sent>();

  const target = useQuery(targetQuery(to));
  const chosen: readonly Row[] = target.data ?? [];
  const ofPackage = useQuery(packageQuery(order?.replaces === undefined ? packageOf(chosen) : undefined));
  const scopes = scopesOf(chosen, ofPackage.data ?? []);
  const about = (scopes.find((one) => one.key === scope) ?? scopes[0])?.rows ?? [];
  const present = usePresent(about);
  const checks = checksOf(entries, about, present);
  const stopped = entries.filter((_, i) => checks[i]?.some((c) => c.level === "stop"));
  const groups = grouped(entries, about);
  const requests = new Set(groups.flatMap((one) => one.requests)).size;
  const progress = progressOf(sending);
  useWarning(progress.moving);
  const lacking = about.length > 0 && about.every((row) => row.material_status === "Not Received" || row.material_status === "Rejected");
  const becomes = status ?? (lacking ? "Received" : "");

  // What was dropped on the page comes with the order.
  const taken = useRef<ProvideOrder>(undefined);
  useEffect(() => {
    if (order?.files === undefined || taken.current === order) return;
    taken.current = order;
    void add(order.files);
  });

  async function add(all: readonly Picked[]) {
    const files = all.filter((one) => !isLitter(one.name));
    if (files.length === 0) return;
    setError(undefined);
    setTold(files.length < all.length ? words("litter", { count: all.length - files.length, n: formatNumber(all.length - files.length) }) : undefined);
    if (entries.length + files.length > most) {
      setError(words("tooMany", { most: formatNumber(most) }));
      return;
    }
    const left = [...unfinished];
    const fresh: Picked[] = [];
    setBusy(true);
    try {
      for (const one of files) {
        const at = continues({ name: baseName(one.name), file: one.file }, left);
        if (at === undefined) fresh.push(one);
        else {
          left.splice(left.indexOf(at), 1);
          await goOn(at, one.file);
        }
      }
    } catch (failure) {
      setError(sentence(failure));
    }
    setBusy(false);
    const { replaces } = order ?? {};
    setEntries((before) => {
      const known = new Set(before.map((e) => `${e.file.name}\n${e.file.size}\n${e.file.lastModified}`));
      const added = fresh
        .filter(({ file }) => !known.has(`${file.name}\n${file.size}\n${file.lastModified}`))
        .map((one, i): Entry => {
          // The first file takes the place of the material, and so its name.
          const instead = i === 0 && before.length === 0 ? replaces : undefined;
          return { ...one, name: instead?.name ?? one.name, key: keys++, kind: kinds.find((kind) => kind === instead?.kind) ?? kindOf(one.name), to: undefined, refusal: undefined };
        });
      return [...before, ...added];
    });
  }

  /** Sends what had not arrived whole: the rest of the very same file, or another one from its beginning. */
  async function goOn(file: Sent, content: File) {
    const same = file.upload.created === true && (file.received === 0 || file.changed === content.lastModified);
    if (same) {
      if (file.received > 0) setTold(t("dialog.goesOn", { name: file.name }));
      providings.resume(file.id, { ...file, changed: content.lastModified }, content);
      return;
    }
    if (file.upload.created === true) await takeBack(file.upload.url);
    const made = await createUpload(file.name, content.size);
    providings.resume(file.id, { ...file, ...made, size: content.size, received: 0, changed: content.lastModified, problem: null }, content);
  }

  async function begin() {
    setError(undefined);
    setBusy(true);
    const refusals = new Map<number, string>();
    const rowOf = new Map(about.map((row) => [row.request_id, row]));
    for (const group of groups) {
      const files: { file: Sent; content: File }[] = [];
      for (const { key, name, kind, file } of group.entries) {
        try {
          const made = await createUpload(baseName(name), file.size);
          files.push({ file: { ...made, name: baseName(name), size: file.size, received: 0, kind, changed: file.lastModified, problem: null }, content: file });
        } catch (failure) {
          refusals.set(key, sentence(failure));
        }
      }
      if (files.length > 0) providings.begin({ requests: group.requests, about: aboutText(group.requests.flatMap((id) => rowOf.get(id) ?? [])), status: setsStatus && becomes !== "" ? becomes : undefined }, files);
    }
    setBusy(false);
    setTold(undefined);
    setEntries((before) => before.flatMap((e) => (refusals.has(e.key) ? { ...e, refusal: refusals.get(e.key) } : [])));
  }

  /** What was seen to be given whole is not shown again. */
  function close() {
    for (const act of acts) if (act.step === "done" && act.refused === 0) providings.dismiss(act.id);
    onClose();
  }

  const heading = order === undefined ? t("dialog.onWay") : about.length === 0 ? t("dialog.provide") : t("dialog.provideFor", { about: aboutText(about) });
  return (
    <Dialog title={heading} onClose={close} size={880}>
      <div className={uploads.panel}>
        <UnfinishedList title={t("dialog.unfinishedTitle")} how={t("dialog.unfinishedHow")} files={unfinished} aboutOf={(file) => acts.find((act) => act.files.includes(file))?.about ?? ""} onCancel={setCancelling} />
        {order !== undefined && order.to === undefined && <TitlePicker onPick={(id) => setPicked({ query: new URLSearchParams({ package_id: id, bucket: "requests" }).toString(), except: [] })} />}
        {target.isError && <ProblemNotice error={target.error} title={t("dialog.failed")} onRetry={() => void target.refetch()} />}
        {target.data === null && <FormError>{t("dialog.tooManyRequests", { most: formatNumber(mostRequests) })}</FormError>}
        {scopes.length > 1 && (
          <Radio.Group label={t("dialog.for")} value={scope ?? scopes[0]?.key ?? ""} onChange={(value) => setScope(value as Scope["key"])}>
            <div className={styles.scopes}>
              {scopes.map((one) => (
                <Radio key={one.key} size="xs" value={one.key} label={scopeText(one)} />
              ))}
            </div>
          </Radio.Group>
        )}
        {(order !== undefined || unfinished.length > 0) && <Chooser onPick={(files) => void add(files)} busy={undefined} />}
        <p role="status" className={told === undefined ? "sr-only" : uploads.note}>
          {told}
        </p>
        <FormError>{error}</FormError>
        {entries.length > 0 && (
          <>
            <FileTable
              entries={entries}
              checks={checks}
              about={about}
              onChange={(key, change) => setEntries((before) => before.map((e) => (e.key === key ? { ...e, ...change } : e)))}
              onRemove={(key) => setEntries((before) => before.filter((e) => e.key !== key))}
            />
            <div className={uploads.footer}>
              {about.length === 0 && <span className={uploads.soft}>{t("dialog.titleFirst")}</span>}
              {stopped.length > 0 && <span className={uploads.soft}>{t("dialog.stopped", { count: stopped.length, n: formatNumber(stopped.length) })}</span>}
              {setsStatus && (
                <label className={styles.status}>
                  {t("dialog.status")}
                  <NativeSelect
                    size="xs"
                    data={[{ value: "", label: t("dialog.statusStays") }, ...statuses.map((one) => ({ value: one, label: valueName(one) }))]}
                    value={becomes}
                    onChange={(event) => setStatus(event.currentTarget.value as MaterialStatus | "")}
                  />
                </label>
              )}
              <Button leftSection={<IconFileUpload size={16} aria-hidden />} disabled={stopped.length > 0 || about.length === 0} loading={busy} onClick={() => void begin()}>
                {requests <= 1 ? t("dialog.button", { count: entries.length, n: formatNumber(entries.length) }) : t("dialog.buttonMany", { count: entries.length, n: formatNumber(entries.length), requests: formatNumber(requests) })}
              </Button>
            </div>
          </>
        )}
        {acts.some((act) => act.step !== "sending" || act.files.some((f) => sending.some((one) => one.file.id === f.id))) && (
          <section className={uploads.onWay}>
            {sending.length > 0 ? <TransfersHead transfers={transfers} all={sending} title={t(progress.done < progress.files ? "list.onWay" : "list.there")} clears={false} /> : <h2 className={uploads.title}>{t("list.there")}</h2>}
            <ProvidingList acts={acts} sending={sending} onCancel={setCancelling} onLeave={close} />
          </section>
        )}
        {order === undefined && acts.length === 0 && <p className={uploads.note}>{t("list.nothing")}</p>}
        {to !== undefined && target.isPending && <p className={uploads.note}>{common("common.loading")}</p>}
      </div>
      {cancelling !== undefined && <CancelDialog transfers={transfers} file={cancelling} about={undefined} onGone={() => providings.leaveOut(cancelling.id)} onClose={() => setCancelling(undefined)} />}
    </Dialog>
  );
}

/** How many of the requests have a material in a place, as far as they are few enough to look. */
function usePresent(about: readonly Row[]): ReadonlyMap<string, number> {
  const answers = useQueries({ queries: (about.length > looked ? [] : about).map((row) => materialsQuery(row.request_id)) });
  const present = new Map<string, number>();
  for (const { data } of answers) for (const place of new Set((data?.materials ?? []).map((m) => placeOf(m.name, m.kind)))) present.set(place, (present.get(place) ?? 0) + 1);
  return present;
}

function scopeText({ key, rows }: Scope): string {
  const [first] = rows;
  const n = formatNumber(rows.length);
  if (key === "chosen") return rows.length === 1 && first !== undefined ? t("dialog.scope.one", { asset: assetOf(first) }) : t("dialog.scope.chosen", { count: rows.length, n });
  return t(key === "awaiting" ? "dialog.scope.awaiting" : "dialog.scope.open", { count: rows.length, n });
}
