import { lazy, Suspense, useEffect, useState } from "react";
import type { Session } from "@/shared/api/session";
import { t } from "@/shared/i18n/t";
import { mayDeliver } from "@/shared/lib/delivering";
import { provideDropped, useProvideOrder } from "@/shared/lib/providing";
import { PageDrops } from "@/shared/upload/PageDrops";
import { kept } from "./kept";

const Providing = lazy(async () => ({ default: (await import("./Providing")).Providing }));

/** Takes files that are dropped on the page, unless they would be delivered, and has what is provided shown as long as there is anything. */
export function MaterialsDoor({ session }: { session: Session }) {
  const order = useProvideOrder();
  const account = session.account ?? "";
  // What was not provided before the page was loaded says so by itself.
  const [wanted, setWanted] = useState(() => kept.of(account).length > 0);
  useEffect(() => {
    if (order !== undefined) setWanted(true);
  }, [order]);
  return (
    <>
      <PageDrops name="materials" otherwise={!mayDeliver(session)} text={t("provide.drop")} onFiles={provideDropped} />
      {wanted && (
        <Suspense fallback={null}>
          <Providing account={account} order={order} setsStatus={session.role === "operator"} />
        </Suspense>
      )}
    </>
  );
}
