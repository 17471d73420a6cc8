import { formatNumber, formatSize } from "@/shared/lib/format";
import { t } from "./messages/t";

/** 12.3 MB/s, 3 minutes left. */
export function paceText(speed: number | undefined, secondsLeft: number | undefined): string {
  const parts = speed === undefined ? [] : [`${formatSize(Math.round(speed))}/s`];
  if (secondsLeft !== undefined) parts.push(leftText(secondsLeft));
  return parts.join(", ");
}

function leftText(seconds: number): string {
  if (seconds < 90) return t("left.seconds", { count: seconds, n: seconds });
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return t("left.minutes", { n: minutes });
  return t("left.hours", { n: formatNumber(Math.round(minutes / 60)) });
}
