import type { Figure } from "./api/getFigures";

interface Props {
  share: number | null;
  target: Figure["target"];
  longest: number; // the share that fills the bar
}

const [width, height] = [64, 12];

/** A share as a bar, with its target as a line across. The number beside it says the same. */
export function ShareBar({ share, target, longest }: Props) {
  const x = (of: number) => Math.min(width, (of / longest) * width);
  const met = share === null || (target.at_least ? share >= target.share : share <= target.share);
  const line = Math.min(width - 1, Math.max(1, x(target.share)));
  return (
    <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden focusable="false">
      {share !== null && <rect x={0} y={3} width={width} height={6} rx={1} fill="var(--sunken)" />}
      {share !== null && <rect x={0} y={3} width={Math.max(x(share), share > 0 ? 1 : 0)} height={6} rx={1} fill={met ? "var(--on-track)" : "var(--critical)"} />}
      {share !== null && <line x1={line} x2={line} y1={0} y2={height} stroke="var(--text)" strokeWidth={1.5} />}
    </svg>
  );
}
