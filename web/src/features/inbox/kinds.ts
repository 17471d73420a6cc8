import { isKind, kindName } from "@/shared/kinds/kinds";
import { t } from "./messages/t";

const beside = ["became_at_risk", "became_critical", "became_overdue", "mentioned", "digest", "test"] as const;

/** What a notification is about, in the page's language. */
export function notificationKind(kind: string, english = kind): string {
  const known = beside.find((one) => one === kind);
  if (known !== undefined) return t(`kind.${known}`);
  return isKind(kind) ? kindName(kind) : english;
}
