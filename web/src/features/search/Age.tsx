import { useEffect, useState } from "react";
import { t } from "@/shared/i18n/t";

/** How old what is shown is. */
export function Age({ at }: { at: number }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(0, Math.round((Math.max(now, at) - at) / 1000));
  return <span>{seconds < 2 ? t("age.now") : seconds < 60 ? t("age.seconds", { n: seconds }) : t("age.minutes", { n: Math.floor(seconds / 60) })}</span>;
}
