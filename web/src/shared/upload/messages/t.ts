import { messagesOf } from "@/shared/i18n/t";
import en from "./en.json";

export const t = await messagesOf("upload", en, () => import("./ja.json"));
