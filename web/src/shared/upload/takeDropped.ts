import { say } from "@/shared/lib/notice";
import { dropped, droppedItems, type Picked } from "./picked";

/** Reads what was dropped, and says so where it cannot be read. */
export function takeDropped(transfer: DataTransfer, onFiles: (files: Picked[]) => void): void {
  const items = droppedItems(transfer);
  dropped(items)
    .then(onFiles)
    .catch(async (failure: unknown) => say((await import("./messages/t")).t("unreadable", { why: String(failure) })));
}
