import { messagesOf } from "@/shared/i18n/t";
import en from "./en.json";

export const t = await messagesOf("materials", en, () => import("./ja.json"));
