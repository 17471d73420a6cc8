import { ActionIcon, Button, MultiSelect, Select, TextInput, Tooltip } from "@mantine/core";
import { IconHistory } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { actorName, formatInstant, formatMoment, formatNumber } from "@/shared/lib/format";
import { kindName, kinds } from "@/shared/kinds/kinds";
import { Days, TimeOfDay } from "@/shared/story/Days";
import { Told } from "@/shared/story/Told";
import { whoBeside } from "@/shared/story/telling";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import { historyQuery, type HistoryEntry } from "./api/getHistory";
import { filtered, type HistoryFilter, useHistoryFilter } from "./historyFilter";
import styles from "./HistoryTab.module.css";
import { t } from "./messages/t";
import { fromLocalInput, momentsOf, placeOf, toLocalInput } from "./timeline";

interface Props {
  id: string;
  at: string | undefined;
  onTravel: (at: string | undefined) => void;
}

/** The request's story, newest first, and the way into its past. */
export function HistoryTab({ id, at, onTravel }: Props) {
  const history = useQuery(historyQuery(id));
  const [filter, setFilter] = useHistoryFilter();
  if (history.isError && history.data === undefined) return <ProblemNotice error={history.error} title={t("history.failed")} onRetry={() => void history.refetch()} />;
  if (history.data === undefined) return <Waiting />;
  const { entries } = history.data;
  const shown = filtered(entries, filter);
  const latest = at === undefined ? undefined : entries.find((e) => Date.parse(e.at) <= Date.parse(at))?.id; // at that moment
  return (
    <div className={styles.history}>
      <AsOf entries={entries} at={at} onTravel={onTravel} />
      <Filters entries={entries} shown={shown.length} filter={filter} onFilter={setFilter} />
      <Days entries={shown}>{(e) => <Entry key={e.id} entry={e} later={at !== undefined && Date.parse(e.at) > Date.parse(at)} here={e.id === latest} onTravel={onTravel} />}</Days>
      {shown.length === 0 && (
        <p className={styles.waiting}>
          {t("history.nothing")}{" "}
          <Button size="compact-sm" variant="default" onClick={() => setFilter({ kinds: [], by: undefined })}>
            {t("history.all")}
          </Button>
        </p>
      )}
    </div>
  );
}

/** As high as the lines that follow. */
function Waiting() {
  return (
    <div role="status" aria-label={t("history.reading")} aria-busy className={styles.history}>
      {Array.from({ length: 10 }, (_, i) => (
        <div key={i} className={styles.boneLine}>
          <span className={styles.bone} style={{ width: 40 }} />
          <span className={styles.bone} style={{ width: 280 + ((i * 97) % 260) }} />
        </div>
      ))}
    </div>
  );
}

function AsOf({ entries, at, onTravel }: { entries: HistoryEntry[]; at: string | undefined; onTravel: Props["onTravel"] }) {
  const moments = momentsOf(entries);
  const shown = at === undefined ? moments.length - 1 : placeOf(moments, at);
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

function Filters({ entries, shown, filter, onFilter }: { entries: HistoryEntry[]; shown: number; filter: HistoryFilter; onFilter: (filter: HistoryFilter) => void }) {
  const there = new Set<string>([...entries.map((e) => e.kind), ...filter.kinds]);
  const people = new Map(entries.map((e) => [e.actor.account, actorName(e.actor)]));
  if (filter.by !== undefined && !people.has(filter.by)) people.set(filter.by, filter.by);
  return (
    <div className={styles.filters} role="group" aria-label={t("history.filters")}>
      <MultiSelect
        size="xs"
        className={styles.kinds}
        aria-label={t("history.kinds")}
        placeholder={filter.kinds.length === 0 ? t("history.allKinds") : ""}
        clearable
        clearButtonProps={{ "aria-label": t("history.allKinds") }}
        data={[...kinds.filter((kind) => there.has(kind)), ...[...there].filter((kind) => !(kinds as string[]).includes(kind))].map((kind) => ({ value: kind, label: kindName(kind) }))}
        value={filter.kinds}
        onChange={(value) => onFilter({ ...filter, kinds: value })}
      />
      <Select
        size="xs"
        className={styles.people}
        aria-label={t("history.people")}
        placeholder={t("history.everybody")}
        clearable
        clearButtonProps={{ "aria-label": t("history.everybody") }}
        data={[...people].map(([value, label]) => ({ value, label })).sort((a, b) => a.label.localeCompare(b.label))}
        value={filter.by ?? null}
        onChange={(by) => onFilter({ ...filter, by: by ?? undefined })}
      />
      <span role="status" className={styles.count}>
        {t("history.count", { n: formatNumber(shown), of: formatNumber(entries.length) })}
      </span>
    </div>
  );
}

function Entry({ entry: e, later, here, onTravel }: { entry: HistoryEntry; later: boolean; here: boolean; onTravel: Props["onTravel"] }) {
  const line = useRef<HTMLLIElement>(null);
  const arrived = useRef(here); // by a link that leads to this moment
  useEffect(() => {
    if (arrived.current) line.current?.scrollIntoView({ block: "center" });
  }, []);
  const who = whoBeside(e);
  return (
    <li ref={line} className={styles.entry} data-later={later || undefined} aria-current={here ? "time" : undefined}>
      <TimeOfDay at={e.at} />
      <div className={styles.what}>
        <Told entry={e} />
        <p className={styles.actor}>{who === null ? kindName(e.kind) : `${kindName(e.kind)} · ${who}`}</p>
      </div>
      <Tooltip label={t("history.travel")}>
        <ActionIcon variant="subtle" color="gray" className={styles.travel} aria-label={t("history.travelTo", { at: formatInstant(e.at) })} onClick={() => onTravel(e.at)}>
          <IconHistory size={16} />
        </ActionIcon>
      </Tooltip>
    </li>
  );
}
