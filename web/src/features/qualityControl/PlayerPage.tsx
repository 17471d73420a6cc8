import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useSearch } from "wouter";
import { deliveriesQuery } from "@/shared/api/request/getDeliveries";
import { isRate, type Rate, timecodeAt } from "@/shared/lib/timecode";
import { Player } from "@/shared/player/Player";
import { latestOf } from "@/shared/player/files";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import { t } from "./messages/t";
import styles from "./QualityControl.module.css";

/** The player in a window of its own, at a frame: ?delivery=…&file=…&at=…&rate=… */
export function PlayerPage({ id }: { id: string }) {
  const asked = new URLSearchParams(useSearch());
  const deliveries = useQuery(deliveriesQuery(id));
  const [rate, setRate] = useState<Rate>(isRate(asked.get("rate")) ? (asked.get("rate") as Rate) : "24");
  const [file, setFile] = useState(asked.get("file") ?? undefined);
  const at = asked.get("at") === null ? undefined : Number(asked.get("at"));
  const named = asked.get("delivery");
  const delivery = named === null ? latestOf(deliveries.data) : deliveries.data?.deliveries.find((d) => d.id === named);
  return (
    <main className={styles.popOut}>
      <title>{`${t("popOut.title", { id })} · Backlot`}</title>
      <h1 className={styles.popOutTitle}>
        {t("popOut.title", { id })} {at !== undefined && Number.isFinite(at) && <span className={styles.soft}>{timecodeAt(rate, at)}</span>}
      </h1>
      {deliveries.isError && deliveries.data === undefined ? (
        <ProblemNotice error={deliveries.error} title={t("popOut.failed")} onRetry={() => void deliveries.refetch()} />
      ) : (
        deliveries.isPending ? <div className={styles.bonePicture} role="status" aria-busy="true" aria-label={t("common.loading")} /> : <Player request={id} delivery={delivery} file={file} rate={rate} {...(at === undefined || !Number.isFinite(at) ? {} : { at })} marks={false} onFile={setFile} onRate={setRate} />
      )}
    </main>
  );
}
