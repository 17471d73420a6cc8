import { sentence } from "@/shared/api/problem";
import { send } from "@/shared/upload/send";
import { Transfers } from "@/shared/upload/transfers";
import { changeStatus, giveMaterials } from "./api/giveMaterials";
import { lookAtUpload } from "./api/uploads";
import { kept } from "./kept";
import { holdAll, letGo } from "./holding";
import { Providings, type Sent } from "./providings";

let account = "";

/** The files of materials that this page sends. */
export const transfers = new Transfers<Sent>(send);

/** What this page provides. */
export const providings = new Providings(
  { look: lookAtUpload, give: giveMaterials, changeStatus, why: sentence },
  transfers,
  {
    put: (providing) => {
      kept.put(account, providing);
      holdAll([providing.id]);
    },
    drop: (id) => {
      kept.drop(account, id);
      letGo(id);
    },
  },
);

/** From now on it is this account's. What it had begun on pages that are no more goes on here. */
export function enter(next: string): void {
  if (account === next) return;
  leave();
  account = next;
  for (const { id } of kept.of(account)) {
    // Another tab may be at it: it goes on here when that one is closed.
    holdAll([id], () => {
      const still = kept.of(next).find((one) => one.id === id);
      if (account !== next || still === undefined) letGo(id);
      else void providings.adopt(still).catch(() => letGo(id));
    });
  }
}

/** Nobody's any more. */
export function leave(): void {
  account = "";
  for (const { id } of providings.all()) letGo(id);
  providings.leave();
}
