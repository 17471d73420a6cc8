import { lazy, Suspense, useMemo } from "react";
import type { Session } from "@/shared/api/session";
import { t } from "@/shared/i18n/t";
import type { BucketCounts } from "../api/getBuckets";
import type { Row } from "../api/getRequests";
import type { Catalogue } from "@/shared/api/catalogue";
import { shortTitle } from "@/shared/lib/shortTitle";
import { columnsFor } from "../columns";
import { shown } from "../columns/arrangement";
import { useArrangement } from "../columns/useArrangement";
import { bucketLabel, groupOf, groupParts } from "@/shared/lib/labels";
import { formatSort, sameGroup, type SearchState } from "../searchState";
import { countOf, type Extent, nothing, type Selection, targetOf } from "../selection/selection";
import type { Action } from "./actions";
import { BulkBar } from "./BulkBar";

const BulkDialog = lazy(async () => ({ default: (await import("./BulkDialog")).BulkDialog }));

/** An action that is being asked about. */
export interface Doing {
  action: Action;
  row: Row | undefined; // the one request that it is about; else what is chosen
}

interface Props {
  catalogue: Catalogue;
  counts: BucketCounts | undefined;
  state: SearchState;
  session: Session;
  selection: Selection;
  doing: Doing | undefined;
  onSelect: (selection: Selection) => void;
  onDo: (doing: Doing | undefined) => void;
}

/** All that is about many requests at once: the bar, its jobs, the dialog of an action. */
export function Bulk({ catalogue, counts, state, session, selection, doing, onSelect, onDo }: Props) {
  const columns = useMemo(() => columnsFor(catalogue, session), [catalogue, session]);
  const [arrangement] = useArrangement(columns);
  const extent: Extent = { list: openCount(counts, state), matched: counts?.matched ?? 0 };
  const target = doing?.row === undefined ? targetOf(selection, state) : { ids: [doing.row.request_id] };
  return (
    <>
      <BulkBar
        session={session}
        selection={selection}
        extent={extent}
        listName={openName(catalogue, state)}
        target={targetOf(selection, state)}
        columns={shown(arrangement).filter((name) => name !== "why")}
        sort={formatSort(state.sort)}
        otherClock={state.now !== undefined}
        onSelect={onSelect}
        onClear={() => onSelect(nothing)}
        onAct={(action) => onDo({ action, row: undefined })}
      />
      {doing !== undefined && (
        <Suspense fallback={null}>
          <BulkDialog action={doing.action} session={session} target={target} count={doing.row === undefined ? countOf(selection, extent) : 1} about={doing.row && nameOf(doing.row)} sort={formatSort(state.sort)} onClose={() => onDo(undefined)} />
        </Suspense>
      )}
    </>
  );
}

/** Narcos: S1: E9, Subs, Korean. */
function nameOf(row: Row): string {
  return [shortTitle(row.title ?? row.request_id), row.source_type, row.language].filter((part) => part !== undefined).join(", ");
}

/** How many requests the open list has. */
function openCount(counts: BucketCounts | undefined, { opened }: SearchState): number {
  if (counts === undefined || opened === undefined) return 0;
  const entry = Object.keys(opened.group).length === 0 ? counts : counts.groups?.find((group) => sameGroup(groupOf(group.key), opened.group));
  return (opened.bucket === "all" ? entry?.matched : entry?.buckets[opened.bucket as keyof BucketCounts["buckets"]]) ?? 0;
}

function openName(catalogue: Catalogue, { opened, groups }: SearchState): string | undefined {
  if (opened === undefined) return undefined;
  const bucket = catalogue.buckets.find((b) => b.key === opened.bucket);
  const parts = Object.keys(opened.group).length === 0 ? [t("bucket.all")] : groupParts(groups, opened.group).map((p) => p.text);
  return `${bucket === undefined ? t("bucket.matched") : bucketLabel(bucket)}, ${parts.join(" › ")}`;
}
