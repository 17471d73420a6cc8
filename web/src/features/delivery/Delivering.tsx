import { useState } from "react";
import { endDelivering, type Order } from "@/shared/lib/delivering";
import { DeliverDialog } from "./DeliverDialog";
import { UploadLine } from "./UploadLine";

/** What is being delivered: the dialog, and while it is closed a line that leads to it. */
export function Delivering({ account, order }: { account: string; order: Order | undefined }) {
  const [shown, setShown] = useState(false); // by the line
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
