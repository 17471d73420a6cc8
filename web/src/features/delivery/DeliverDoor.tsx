import { lazy, Suspense, useEffect, useState } from "react";
import type { Session } from "@/shared/api/session";
import { t } from "@/shared/i18n/t";
import { deliverDropped, useOrder } from "@/shared/lib/delivering";
import { PageDrops } from "@/shared/upload/PageDrops";
import { begun } from "./unfinished";

const Delivering = lazy(async () => ({ default: (await import("./Delivering")).Delivering }));

/** Takes files that are dropped anywhere on the page, and has what is delivered shown as long as there is anything. */
export function DeliverDoor({ session }: { session: Session }) {
  const order = useOrder();
  const account = session.account ?? "";
  // What was not delivered whole before the page was loaded says so by itself.
  const [wanted, setWanted] = useState(() => begun.of(account).length > 0);
  useEffect(() => {
    if (order !== undefined) setWanted(true);
  }, [order]);
  return (
    <>
      <PageDrops name="deliver" otherwise text={t("deliver.drop")} onFiles={deliverDropped} />
      {wanted && (
        <Suspense fallback={null}>
          <Delivering account={account} order={order} />
        </Suspense>
      )}
    </>
  );
}
