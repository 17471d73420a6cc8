import { useEffect, useState } from "react";
import { endDelivering, type Order } from "@/shared/lib/delivering";
import { DeliverDialog } from "./DeliverDialog";
import { transfers } from "./sending";
import { UploadLine } from "./UploadLine";

let owner: string | undefined; // of what is on its way
let leaving: ReturnType<typeof setTimeout> | undefined;

function putAllAway(): void {
  endDelivering();
  transfers.drop(...transfers.all().map((one) => one.file.id));
}

/** What is being delivered: the dialog, and while it is closed a line that leads to it. */
export function Delivering({ account, order }: { account: string; order: Order | undefined }) {
  const [shown, setShown] = useState(false); // by the line
  // Whoever signs in next sees nothing of it; who comes back goes on where it was.
  useEffect(() => {
    clearTimeout(leaving);
    if (owner !== undefined && owner !== account) putAllAway();
    owner = account;
    return () => {
      leaving = setTimeout(putAllAway); // unless it is there again at once, as in development
    };
  }, [account]);
  if (order === undefined && !shown) return <UploadLine account={account} onOpen={() => setShown(true)} />;
  return (
    <DeliverDialog
      account={account}
      order={order}
      onClose={() => {
        setShown(false);
        endDelivering();
      }}
    />
  );
}
