import { send } from "@/shared/upload/send";
import { Transfers } from "@/shared/upload/transfers";
import type { Unfinished } from "./unfinished";

/** The files of deliveries that this page sends. */
export const transfers = new Transfers<Unfinished>(send);
