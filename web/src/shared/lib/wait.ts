import { useEffect, useState } from "react";
import { t } from "@/shared/i18n/t";

/** A time to wait, in words: 40 seconds, 2 minutes. */
export function formatWait(seconds: number): string {
  return seconds <= 90 ? t("wait.seconds", { count: seconds }) : t("wait.minutes", { count: Math.ceil(seconds / 60) });
}

/** The whole seconds left until an instant (milliseconds since 1970), counting down; 0 without one. */
export function useSecondsUntil(instant: number | undefined): number {
  const [now, setNow] = useState(Date.now);
  const left = instant === undefined ? 0 : Math.max(0, Math.ceil((instant - now) / 1000));
  const waiting = left > 0;
  useEffect(() => {
    setNow(Date.now());
    if (instant === undefined || !waiting) return;
    const timer = setInterval(() => setNow(Date.now()), 250);
    return () => clearInterval(timer);
  }, [instant, waiting]);
  return left;
}
