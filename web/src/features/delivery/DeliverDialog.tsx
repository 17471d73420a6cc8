import { Button } from "@mantine/core";
import { IconUpload } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { asSentence, sentence } from "@/shared/api/problem";
import { t } from "@/shared/i18n/t";
import type { Order } from "@/shared/lib/delivering";
import { formatNumber } from "@/shared/lib/format";
import { Dialog } from "@/shared/ui/Dialog";
import { FormError } from "@/shared/ui/FormError";
import { CancelDialog } from "@/shared/upload/CancelDialog";
import { Chooser } from "@/shared/upload/Chooser";
import { continues } from "@/shared/upload/continues";
import { t as words } from "@/shared/upload/messages/t";
import { isLitter, type Picked } from "@/shared/upload/picked";
import { takeBack } from "@/shared/upload/send";
import { progressOf } from "@/shared/upload/transfers";
import { TransfersHead } from "@/shared/upload/TransfersHead";
import { UnfinishedList } from "@/shared/upload/UnfinishedList";
import styles from "@/shared/upload/Upload.module.css";
import { useTransfers, useWarning } from "@/shared/upload/useTransfers";
import { destinationsQuery } from "./api/findRequests";
import { matchFiles } from "./api/matchFiles";
import { useStartDeliveries } from "./api/startDeliveries";
import { EntryTable } from "./EntryTable";
import { checksOf, deliveriesOf, type Destination, type Entry, requestOf } from "./matching";
import { transfers } from "./sending";
import { TransferList } from "./TransferList";
import { begun, isSame, type Unfinished, unfinishedOf } from "./unfinished";
import { useDeliveries, useFindUnfinished } from "./useDeliveries";
import { nameOf } from "./words";

const most = 10_000; // files in one go

interface Props {
  account: string;
  order: Order | undefined; // none where somebody looks at what is on its way
  onClose: () => void;
}

let keys = 0;

/** Delivers: files are chosen, matched to requests, looked at and sent; what is on its way and what has not arrived whole is below. */
export function DeliverDialog({ account, order, onClose }: Props) {
  const all = useTransfers(transfers);
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
    setTold(files.length < picked.length ? words("litter", { count: picked.length - files.length, n: formatNumber(picked.length - files.length) }) : undefined);
    if (entries.length + files.length > most) {
      setError(words("tooMany", { most: formatNumber(most) }));
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
    const here = begun.of(account);
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
    const here = begun.of(account);
    const changed = new Map<string, { request: string; delivery: string; changed: Record<string, number> }>();
    for (const { file, content } of files) {
      const one = changed.get(file.delivery) ?? here.find((b) => b.delivery === file.delivery) ?? { request: file.request, delivery: file.delivery, changed: {} };
      changed.set(file.delivery, { ...one, changed: { ...one.changed, [file.id]: content.lastModified } });
    }
    begun.put(account, ...changed.values());
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
        <UnfinishedList title={t("deliver.unfinishedTitle")} how={t("deliver.unfinishedHow")} files={unfinished} aboutOf={({ request }) => nameOf(known.get(request), request)} onCancel={setCancelling} />
        <Chooser onPick={(files) => void add(files)} busy={looking ? t("deliver.looking") : undefined} />
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
            <TransfersHead transfers={transfers} all={all} title={t(progress.done < progress.files ? "deliver.onWay" : "deliver.there")} />
            <TransferList all={all} byId={byId} known={known} onCancel={(one) => setCancelling(one.file)} onLeave={close} />
          </section>
        )}
      </div>
      {cancelling !== undefined && (
        <CancelDialog
          transfers={transfers}
          file={cancelling}
          about={(byId.get(cancelling.delivery)?.files.length ?? 1) === 1 ? undefined : t("deliver.cancelAboutOne")}
          onGone={() => {
            // Others of its delivery may still be on their way.
            if (!transfers.all().some((one) => one.file.delivery === cancelling.delivery)) begun.drop(account, cancelling.delivery);
          }}
          onClose={() => setCancelling(undefined)}
        />
      )}
    </Dialog>
  );
}
