import { useEffect, useState } from "react";
import { endProviding, type ProvideOrder } from "@/shared/lib/providing";
import { useWatch } from "@/shared/jobs/useWatch";
import { ProvideDialog } from "./ProvideDialog";
import { ProvidingLine } from "./ProvidingLine";
import type { Providing as Act } from "./providings";
import { enter, leave, providings } from "./sending";
import { useProvidings } from "./useProvidings";

let leaving: ReturnType<typeof setTimeout> | undefined;

/** What is being provided: the dialog, and while it is closed a line that leads to it. */
export function Providing({ account, order, setsStatus }: { account: string; order: ProvideOrder | undefined; setsStatus: boolean }) {
  const [shown, setShown] = useState(false); // by the line
  const acts = useProvidings();
  // Whoever signs in next sees nothing of it; who comes back goes on where it was.
  useEffect(() => {
    clearTimeout(leaving);
    enter(account);
    return () => {
      leaving = setTimeout(() => {
        endProviding();
        leave();
      }); // unless it is there again at once, as in development
    };
  }, [account]);
  return (
    <>
      {acts.map((act) => act.job !== undefined && <WatchJob key={act.job} act={act} job={act.job} />)}
      {order === undefined && !shown ? (
        <ProvidingLine onOpen={() => setShown(true)} />
      ) : (
        <ProvideDialog
          order={order}
          setsStatus={setsStatus}
          onClose={() => {
            setShown(false);
            endProviding();
          }}
        />
      )}
    </>
  );
}

function WatchJob({ act, job }: { act: Act; job: string }) {
  useWatch({ id: job, phase: "Running" }, (now) => providings.noteJob(act.id, now));
  return null;
}
