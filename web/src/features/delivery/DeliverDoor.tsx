import { lazy, Suspense, useEffect, useState } from "react";
import type { Session } from "@/shared/api/session";
import { t } from "@/shared/i18n/t";
import { deliver, dropsGoTo, useOrder } from "@/shared/lib/delivering";
import { say } from "@/shared/lib/notice";
import styles from "./DeliverDoor.module.css";
import { begun } from "./unfinished";

const Delivering = lazy(async () => ({ default: (await import("./Delivering")).Delivering }));

/** Takes files that are dropped anywhere on the page, and has what is delivered shown as long as there is anything. */
export function DeliverDoor({ session }: { session: Session }) {
  const order = useOrder();
  const over = useDrops();
  const account = session.account ?? "";
  // What was not delivered whole before the page was loaded says so by itself.
  const [wanted, setWanted] = useState(() => begun(account).length > 0);
  useEffect(() => {
    if (order !== undefined) setWanted(true);
  }, [order]);
  return (
    <>
      {over && (
        <div className={styles.drop} aria-hidden>
          <p>{t("deliver.drop")}</p>
        </div>
      )}
      {wanted && (
        <Suspense fallback={null}>
          <Delivering account={account} order={order} />
        </Suspense>
      )}
    </>
  );
}

/** Whether files are being dragged over the page; dropped, they are to be delivered. */
function useDrops(): boolean {
  const [over, setOver] = useState(false);
  useEffect(() => {
    let depth = 0;
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
    const enter = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      depth++;
      if (document.querySelector("[data-drops=here]") === null) setOver(true);
    };
    const leave = (event: DragEvent) => {
      if (hasFiles(event) && --depth <= 0) setOver(false);
    };
    const move = (event: DragEvent) => hasFiles(event) && event.preventDefault();
    const drop = (event: DragEvent) => {
      if (!hasFiles(event) || event.dataTransfer === null) return;
      depth = 0;
      setOver(false);
      // A page may want files for something else.
      if (event.defaultPrevented) return;
      event.preventDefault();
      // They have to be taken hold of before anything else is waited for; what is in no file system has no entry.
      const items = [...event.dataTransfer.items].flatMap((item) => (item.kind === "file" ? (item.webkitGetAsEntry() ?? item.getAsFile() ?? []) : []));
      void import("./picked")
        .then(({ dropped }) => dropped(items))
        .then((files) => deliver({ requests: dropsGoTo(), files }))
        .catch((failure: unknown) => say(t("deliver.unreadable", { why: String(failure) })));
    };
    window.addEventListener("dragenter", enter);
    window.addEventListener("dragleave", leave);
    window.addEventListener("dragover", move);
    window.addEventListener("drop", drop);
    return () => {
      window.removeEventListener("dragenter", enter);
      window.removeEventListener("dragleave", leave);
      window.removeEventListener("dragover", move);
      window.removeEventListener("drop", drop);
    };
  }, []);
  return over;
}
