import { Remembered } from "@/shared/lib/remembered";
import type { Providing } from "./providings";

/** What accounts began to provide in this browser and requests do not have yet. */
export const kept = new Remembered<Providing>("backlot.materials.", (one) => one.id, ["id", "requests", "files", "step"], 200);
