import { ActionIcon, TextInput, Tooltip } from "@mantine/core";
import { IconHistory } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { actorName, formatClock, formatDayOf, formatInstant, formatMoment, roleLabel } from "@/shared/lib/format";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import { historyQuery, type HistoryEntry } from "./api/getHistory";
import styles from "./HistoryTab.module.css";
import { t } from "./messages/t";
import { byDay, fromLocalInput, momentsOf, toLocalInput } from "./timeline";

interface Props {
  id: string;
  at: string | undefined;
  onTravel: (at: string | undefined) => void;
}

/** The request's story, newest first, and the way into its past. */
export function HistoryTab({ id, at, onTravel }: Props) {
  const history = useQuery(historyQuery(id));
  if (history.isError && history.data === undefined) return <ProblemNotice error={history.error} title={t("history.failed")} onRetry={() => void history.refetch()} />;
  if (history.data === undefined) return <p className={styles.waiting}>{t("history.reading")}</p>;
  const { entries } = history.data;
  return (
    <div className={styles.history}>
      <AsOf entries={entries} at={at} onTravel={onTravel} />
      {byDay(entries).map((day) => (
        <section key={day.key} aria-label={formatDayOf(day.entries[0]?.at ?? "")}>
          <h2 className={styles.day}>{formatDayOf(day.entries[0]?.at ?? "")}</h2>
          <ol className={styles.list}>
            {day.entries.map((e) => (
              <Entry key={e.id} entry={e} later={at !== undefined && Date.parse(e.at) > Date.parse(at)} onTravel={onTravel} />
            ))}
          </ol>
        </section>
      ))}
    </div>
  );
}

function AsOf({ entries, at, onTravel }: { entries: HistoryEntry[]; at: string | undefined; onTravel: Props["onTravel"] }) {
  const moments = momentsOf(entries);
  const shown = at === undefined ? moments.length - 1 : moments.findLastIndex((m) => Date.parse(m) <= Date.parse(at));
  const go = (index: number) => onTravel(index >= moments.length - 1 ? undefined : moments[index]);
  return (
    <div className={styles.asOf} role="group" aria-label={t("history.asOf")}>
      <label className={styles.slider}>
        <span className={styles.label}>{t("history.asOf")}</span>
        <input
          type="range"
          min={0}
          max={Math.max(moments.length - 1, 0)}
          value={Math.max(shown, 0)}
          disabled={moments.length < 2}
          aria-valuetext={at === undefined ? t("history.now") : formatInstant(at)}
          onChange={(event) => go(Number(event.currentTarget.value))}
        />
        <span className={styles.shown}>{at === undefined ? t("history.now") : formatMoment(at)}</span>
      </label>
      <TextInput
        type="datetime-local"
        size="xs"
        aria-label={t("history.asOfTime")}
        value={at === undefined ? "" : toLocalInput(at)}
        onChange={(event) => onTravel(fromLocalInput(event.currentTarget.value))}
      />
    </div>
  );
}

function Entry({ entry: e, later, onTravel }: { entry: HistoryEntry; later: boolean; onTravel: Props["onTravel"] }) {
  return (
    <li className={styles.entry} data-later={later || undefined}>
      <time dateTime={e.at} className={styles.time} title={formatInstant(e.at)}>
        {formatClock(e.at)}
      </time>
      <div className={styles.what}>
        <p className={styles.summary}>{e.summary}</p>
        {e.text !== null && !e.summary.includes(e.text) && <blockquote className={styles.quote}>{e.text}</blockquote>}
        {e.reason !== null && !e.summary.includes(e.reason) && <blockquote className={styles.quote}>{e.reason}</blockquote>}
        {e.changes.length > 1 && e.kind !== "opened" && (
          <ul className={styles.changes}>
            {e.changes.map((c) => (
              <li key={c.field}>
                {c.label}: <span className={styles.from}>{c.from ?? t("history.none")}</span> → {c.to ?? t("history.none")}
              </li>
            ))}
          </ul>
        )}
        {besides(e) !== null && <p className={styles.actor}>{besides(e)}</p>}
      </div>
      <Tooltip label={t("history.travel")}>
        <ActionIcon variant="subtle" color="gray" className={styles.travel} aria-label={t("history.travelTo", { at: formatInstant(e.at) })} onClick={() => onTravel(e.at)}>
          <IconHistory size={16} />
        </ActionIcon>
      </Tooltip>
    </li>
  );
}

/** Who it was, as far as the summary does not say it: that names the organisation or the role. */
function besides({ actor, summary }: HistoryEntry): string | null {
  const named = summary.toLowerCase().includes((actor.organisation?.name ?? roleLabel(actor.role)).toLowerCase());
  return named ? actor.name : actorName(actor);
}
