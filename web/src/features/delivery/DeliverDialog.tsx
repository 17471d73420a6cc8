import { Button } from "@mantine/core";
import { IconFolderUp, IconRefresh, IconUpload, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { asSentence, sentence } from "@/shared/api/problem";
import { t } from "@/shared/i18n/t";
import type { Order, Picked } from "@/shared/lib/delivering";
import { formatNumber, formatSize } from "@/shared/lib/format";
import { ConfirmDialog } from "@/shared/ui/ConfirmDialog";
import { Dialog } from "@/shared/ui/Dialog";
import { FormError } from "@/shared/ui/FormError";
import { destinationsQuery } from "./api/findRequests";
import { matchFiles } from "./api/matchFiles";
import { useStartDeliveries } from "./api/startDeliveries";
import styles from "./Deliver.module.css";
import { EntryTable, FileName } from "./EntryTable";
import { checksOf, continues, deliveriesOf, type Destination, type Entry, requestOf } from "./matching";
import { chosen, isLitter } from "./picked";
import { takeBack, transfers } from "./send";
import { Tool, TransferList } from "./TransferList";
import { progressOf, type Transfer } from "./transfers";
import { begun, forget, isSame, remember, type Unfinished, unfinishedOf } from "./unfinished";
import { useWarning } from "./UploadLine";
import { useDeliveries, useFindUnfinished, useTransfers } from "./useDeliveries";
import { nameOf, paceText } from "./words";

const most = 10_000; // files in one go

interface Props {
  account: string;
  order: Order | undefined; // none where somebody looks at what is on its way
  onClose: () => void;
}

let keys = 0;

/** Delivers: files are chosen, matched to requests, looked at and sent; what is on its way and what has not arrived whole is below. */
export function DeliverDialog({ account, order, onClose }: Props) {
  const all = useTransfers();
  const [entries, setEntries] = useState<readonly Entry[]>([]);
  const [looking, setLooking] = useState(false);
  const [told, setTold] = useState<string>();
  const [error, setError] = useState<string>();
  const [refused, setRefused] = useState<ReadonlyMap<string, string>>(new Map());
  const [cancelling, setCancelling] = useState<Unfinished>();
  const about = order?.requests ?? [];
  const { byId, unfinished } = useDeliveries(account, all, about);
  const findUnfinished = useFindUnfinished(account, about);
  const start = useStartDeliveries();
  const ids = [...new Set([...about, ...entries.flatMap((e) => requestOf(e, about) ?? []), ...all.map((one) => one.file.request), ...unfinished.map((u) => u.request)])];
  const found = useQuery(destinationsQuery(ids));
  const known = new Map<string, Destination>((found.data ?? []).map((one) => [one.request_id, one]));
  const checks = checksOf(entries, about, known, unfinished);
  const stopped = entries.filter((_, i) => checks[i]?.some((c) => c.stop));
  const requests = new Set(entries.flatMap((e) => requestOf(e, about) ?? [])).size;
  const progress = progressOf(all);
  useWarning(progress.moving);

  // What was dropped on the page comes with the order.
  const taken = useRef<Order>(undefined);
  useEffect(() => {
    if (order?.files === undefined || taken.current === order) return;
    taken.current = order;
    void add(order.files);
  });

  async function add(picked: readonly Picked[]) {
    const files = picked.filter((one) => !isLitter(one.name));
    if (files.length === 0) return;
    setError(undefined);
    setTold(files.length < picked.length ? t("deliver.litter", { count: picked.length - files.length, n: formatNumber(picked.length - files.length) }) : undefined);
    if (entries.length + files.length > most) {
      setError(t("deliver.tooMany", { most: formatNumber(most) }));
      return;
    }
    setLooking(true);
    try {
      const left = await findUnfinished();
      const fresh: Picked[] = [];
      const again: { file: Unfinished; content: File }[] = [];
      for (const one of files) {
        const at = continues(
          one,
          left.filter((u) => !again.some((a) => a.file.id === u.id)),
        );
        if (at === undefined) fresh.push(one);
        else again.push({ file: at, content: one.file });
      }
      await goOn(again);
      const matches = fresh.length === 0 ? [] : await matchFiles(fresh.map(({ name, file }) => ({ name, size: file.size })));
      setEntries((before) => {
        const there = new Set(before.map((e) => `${e.name}\n${e.file.size}\n${e.file.lastModified}`));
        const added = fresh.map((one, i): Entry => ({ ...one, key: keys++, match: matches[i], chosen: undefined }));
        return [...before, ...added.filter((e) => !there.has(`${e.name}\n${e.file.size}\n${e.file.lastModified}`))];
      });
    } catch (failure) {
      setError(sentence(failure));
    }
    setLooking(false);
  }

  /** Sends what had not arrived whole: the rest of the very same file, or another one from its beginning. */
  async function goOn(files: { file: Unfinished; content: File }[]) {
    if (files.length === 0) return;
    const here = begun(account);
    const ready = await Promise.all(
      files.map(async ({ file, content }) => {
        if (file.received === 0 || isSame(file, content, here)) return { file, content };
        await takeBack(file.upload.url);
        return { file: { ...file, received: 0 }, content };
      }),
    );
    note(ready);
    const kept = ready.filter(({ file }) => file.received > 0).length;
    if (kept > 0) setTold(t("deliver.goesOn", { count: kept, n: formatNumber(kept) }));
    transfers.add(ready);
  }

  function note(files: readonly { file: Unfinished; content: File }[]) {
    const here = begun(account);
    const changed = new Map<string, { request: string; delivery: string; changed: Record<string, number> }>();
    for (const { file, content } of files) {
      const one = changed.get(file.delivery) ?? here.find((b) => b.delivery === file.delivery) ?? { request: file.request, delivery: file.delivery, changed: {} };
      changed.set(file.delivery, { ...one, changed: { ...one.changed, [file.id]: content.lastModified } });
    }
    remember(account, ...changed.values());
  }

  async function begin() {
    setError(undefined);
    try {
      const { outcomes } = await start.mutateAsync(deliveriesOf(entries, about));
      const refusals = new Map<string, string>();
      const begunNow: { file: Unfinished; content: File }[] = [];
      for (const { request_id: request, delivery, problem } of outcomes) {
        if (delivery === null) {
          refusals.set(request, asSentence(problem?.detail ?? ""));
          continue;
        }
        const contents = new Map(entries.filter((e) => requestOf(e, about) === request).map((e) => [e.name, e.file]));
        for (const file of unfinishedOf(request, delivery)) {
          const content = contents.get(file.name);
          if (content !== undefined) begunNow.push({ file, content });
        }
      }
      note(begunNow);
      setRefused(refusals);
      setEntries((before) => before.filter((e) => refusals.has(requestOf(e, about) ?? "")));
      setTold(undefined);
      transfers.add(begunNow);
    } catch (failure) {
      setError(sentence(failure));
    }
  }

  /** What was seen to have its verdict is not shown again. */
  function close() {
    transfers.drop(...all.filter((one) => one.phase === "sent" && byId.get(one.file.delivery)?.inspected_at != null).map((one) => one.file.id));
    onClose();
  }

  const title = about.length === 1 ? t("deliver.to", { request: nameOf(known.get(about[0] ?? ""), about[0] ?? "") }) : about.length > 1 ? t("deliver.toMany", { count: about.length, n: formatNumber(about.length) }) : t("deliver.deliver");
  return (
    <Dialog title={title} onClose={close} size={880}>
      <div className={styles.panel}>
        {unfinished.length > 0 && <UnfinishedList unfinished={unfinished} known={known} onCancel={setCancelling} />}
        <Chooser onPick={(files) => void add(files)} looking={looking} />
        <p role="status" className={told === undefined ? "sr-only" : styles.note}>
          {told}
        </p>
        <FormError>{error}</FormError>
        {entries.length > 0 && (
          <>
            <EntryTable
              entries={entries}
              checks={checks}
              refused={refused}
              about={about}
              known={known}
              onChoose={(key, request) => setEntries((before) => before.map((e) => (e.key === key ? { ...e, chosen: request.request_id } : e)))}
              onRemove={(key) => setEntries((before) => before.filter((e) => e.key !== key))}
            />
            <div className={styles.footer}>
              {stopped.length > 0 && (
                <>
                  <span className={styles.soft}>{t("deliver.undecided", { count: stopped.length, n: formatNumber(stopped.length) })}</span>
                  {stopped.length < entries.length && (
                    <Button variant="default" onClick={() => setEntries((before) => before.filter((e) => !stopped.includes(e)))}>
                      {t("deliver.leaveOutThese", { count: stopped.length })}
                    </Button>
                  )}
                </>
              )}
              <Button leftSection={<IconUpload size={16} aria-hidden />} disabled={stopped.length > 0 || looking} loading={start.isPending} onClick={() => void begin()}>
                {requests <= 1 ? t("deliver.button", { count: entries.length, n: formatNumber(entries.length) }) : t("deliver.buttonMany", { count: entries.length, n: formatNumber(entries.length), requests: formatNumber(requests) })}
              </Button>
            </div>
          </>
        )}
        {all.length > 0 && (
          <section className={styles.onWay}>
            <div className={styles.onWayHead}>
              <h2 className={styles.onWayTitle}>{t(progress.done < progress.files ? "deliver.onWay" : "deliver.there")}</h2>
              <span className={styles.soft}>
                {t("deliver.sofar", { count: progress.files, done: formatNumber(progress.done), of: formatNumber(progress.files) })}
                {", "}
                {t("deliver.bytes", { sent: formatSize(progress.sent), size: formatSize(progress.size) })}
                {progress.moving && progress.speed !== undefined && `, ${paceText(progress.speed, progress.secondsLeft)}`}
              </span>
              <AllButtons all={all} />
            </div>
            <TransferList all={all} byId={byId} known={known} onCancel={(one) => setCancelling(one.file)} onLeave={close} />
          </section>
        )}
      </div>
      {cancelling !== undefined && <CancelDialog account={account} file={cancelling} alone={(byId.get(cancelling.delivery)?.files.length ?? 1) === 1} onClose={() => setCancelling(undefined)} />}
    </Dialog>
  );
}

/** Where files are dropped or chosen. What is dropped anywhere on the page comes here as well. */
function Chooser({ onPick, looking }: { onPick: (files: Picked[]) => void; looking: boolean }) {
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const pick = (field: HTMLInputElement) => {
    onPick(chosen(field.files));
    field.value = ""; // the same ones again are a change
  };
  return (
    <div className={styles.chooser}>
      <p>{looking ? t("deliver.looking") : t("deliver.how")}</p>
      <span className={styles.choosers}>
        <Button variant="default" data-autofocus leftSection={<IconUpload size={16} aria-hidden />} onClick={() => files.current?.click()}>
          {t("deliver.files")}
        </Button>
        <Button variant="default" leftSection={<IconFolderUp size={16} aria-hidden />} onClick={() => folder.current?.click()}>
          {t("deliver.folder")}
        </Button>
      </span>
      <input ref={files} type="file" multiple hidden aria-label={t("deliver.files")} onChange={(event) => pick(event.currentTarget)} />
      <input ref={folder} type="file" hidden aria-label={t("deliver.folder")} {...{ webkitdirectory: "" }} onChange={(event) => pick(event.currentTarget)} />
    </div>
  );
}

/** What a page that was loaded again has no hold of any more. */
function UnfinishedList({ unfinished, known, onCancel }: { unfinished: readonly Unfinished[]; known: ReadonlyMap<string, Destination>; onCancel: (file: Unfinished) => void }) {
  const shown = 50;
  return (
    <section className={styles.unfinished} aria-label={t("deliver.unfinishedTitle")}>
      <h2 className={styles.onWayTitle}>{t("deliver.unfinishedTitle")}</h2>
      <p className={styles.note}>{t("deliver.unfinishedHow")}</p>
      <ul>
        {unfinished.slice(0, shown).map((one) => (
          <li key={one.id}>
            <IconRefresh size={14} aria-hidden />
            <FileName name={one.name} />
            <span className={styles.bytes}>{t("deliver.bytes", { sent: formatSize(one.received), size: formatSize(one.size) })}</span>
            <span className={styles.soft}>{nameOf(known.get(one.request), one.request)}</span>
            <Tool label={t("deliver.cancelFile")} name={one.name} onClick={() => onCancel(one)}>
              <IconX size={16} />
            </Tool>
            {one.problem !== null && <span className={styles.why}>{one.problem}</span>}
          </li>
        ))}
      </ul>
      {unfinished.length > shown && <p className={styles.note}>{t("deliver.moreFiles", { count: unfinished.length - shown, n: formatNumber(unfinished.length - shown) })}</p>}
    </section>
  );
}

function AllButtons({ all }: { all: readonly Transfer[] }) {
  const idsOf = (...phases: Transfer["phase"][]) => all.filter((one) => phases.includes(one.phase)).map((one) => one.file.id);
  const [moving, paused, sent] = [idsOf("sending", "waiting"), idsOf("paused", "failed"), idsOf("sent")];
  return (
    <span className={styles.allButtons}>
      {moving.length > 1 && (
        <Button size="compact-xs" variant="default" onClick={() => transfers.pause(...moving)}>
          {t("deliver.pauseAll")}
        </Button>
      )}
      {paused.length > 1 && (
        <Button size="compact-xs" variant="default" onClick={() => transfers.resume(...paused)}>
          {t("deliver.resumeAll")}
        </Button>
      )}
      {sent.length > 0 && (
        <Button size="compact-xs" variant="default" title={t("deliver.clearTip")} onClick={() => transfers.drop(...sent)}>
          {t("deliver.clear")}
        </Button>
      )}
    </span>
  );
}

function CancelDialog({ account, file, alone, onClose }: { account: string; file: Unfinished; alone: boolean; onClose: () => void }) {
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<string>();
  const cancel = async () => {
    setPending(true);
    setError(undefined);
    try {
      transfers.pause(file.id);
      await takeBack(file.upload.url);
      transfers.drop(file.id);
      // Others of its delivery may still be on their way.
      if (!transfers.all().some((one) => one.file.delivery === file.delivery)) forget(account, file.delivery);
      onClose();
    } catch (failure) {
      setError(sentence(failure));
      setPending(false);
    }
  };
  return (
    <ConfirmDialog opened title={t("deliver.cancelTitle", { name: file.name })} button={t("deliver.cancelFile")} pending={pending} error={error} onConfirm={() => void cancel()} onClose={onClose}>
      {t(alone ? "deliver.cancelAbout" : "deliver.cancelAboutOne")}
    </ConfirmDialog>
  );
}
