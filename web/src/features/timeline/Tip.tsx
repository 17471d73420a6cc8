import { useLayoutEffect, useRef, useState } from "react";
import { named } from "@/shared/i18n/t";
import { formatInstant } from "@/shared/lib/format";
import type { Lane } from "./api/getTimeline";
import type { Point } from "./lanes";
import { t } from "./messages/t";
import styles from "./Timeline.module.css";
import { dueWords, markName, pointWords, spanWords } from "./words";

/** What is pointed at. */
export interface Told {
  beside: DOMRect;
  lane: Lane;
  today: string;
  points?: Point[];
  span?: number; // index of a span
}

/** Says what a mark or a span is, beside it; who hears the page has it from the mark's own name. */
export function Tip({ told: { beside, lane, today, points, span } }: { told: Told }) {
  const box = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState<{ left: number; top: number }>();
  useLayoutEffect(() => {
    const { width, height } = box.current?.getBoundingClientRect() ?? { width: 0, height: 0 };
    const middle = (Math.max(beside.left, 0) + Math.min(beside.right, window.innerWidth)) / 2;
    const below = beside.bottom + 6;
    setPlace({
      left: Math.min(Math.max(8, middle - width / 2), window.innerWidth - width - 8),
      top: below + height > window.innerHeight - 8 ? Math.max(8, beside.top - height - 6) : below,
    });
  }, [beside]);
  const stood = span === undefined ? undefined : lane.spans[span];
  const due = dueWords(lane, today);
  return (
    <div ref={box} className={styles.tip} aria-hidden style={place === undefined ? { visibility: "hidden" } : place}>
      {stood !== undefined && <p>{spanWords(stood, span === lane.spans.length - 1)}</p>}
      {stood !== undefined && due !== undefined && span === lane.spans.length - 1 && <p>{[...lane.why.map((rule) => named("rule", rule.key, rule.label)), due].join(" · ")}</p>}
      {(points?.length ?? 0) > 1 && <p className={styles.tipCount}>{t("several", { n: points?.length ?? 0 })}</p>}
      {points?.map((point, i) =>
        point.what === "mark" ? (
          <div key={i} className={styles.told}>
            <p>
              <strong>{markName(point.mark)}</strong> <time>{formatInstant(point.mark.at)}</time>
            </p>
            <p>{point.mark.summary}</p>
          </div>
        ) : (
          <p key={i}>{pointWords(point, lane, today)}</p>
        ),
      )}
    </div>
  );
}
