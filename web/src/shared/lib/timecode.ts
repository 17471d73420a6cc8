// The rules of SMPTE ST 12-1, as the server's domain has them: numbers of
// frames count from 00:00:00:00, and all that is computed here is whole, within
// 2^53, or a quotient of such.

interface Figures {
  nominal: number; // frame numbers in a second of timecode
  num: number; // num/den frames a second
  den: number;
  dropped: number; // numbers that each minute but the tenth leaves out
}

const figures = {
  "23.976": { nominal: 24, num: 24_000, den: 1001, dropped: 0 },
  "24": { nominal: 24, num: 24, den: 1, dropped: 0 },
  "25": { nominal: 25, num: 25, den: 1, dropped: 0 },
  "29.97": { nominal: 30, num: 30_000, den: 1001, dropped: 0 },
  "29.97 DF": { nominal: 30, num: 30_000, den: 1001, dropped: 2 },
  "30": { nominal: 30, num: 30, den: 1, dropped: 0 },
  "48": { nominal: 48, num: 48, den: 1, dropped: 0 },
  "50": { nominal: 50, num: 50, den: 1, dropped: 0 },
  "59.94": { nominal: 60, num: 60_000, den: 1001, dropped: 0 },
  "59.94 DF": { nominal: 60, num: 60_000, den: 1001, dropped: 4 },
  "60": { nominal: 60, num: 60, den: 1, dropped: 0 },
} satisfies Record<string, Figures>;

/** A frame rate with its way of counting, under the label that people see. */
export type Rate = keyof typeof figures;

export const rates = Object.keys(figures).sort((a, b) => Number.parseFloat(a) - Number.parseFloat(b) || a.length - b.length) as Rate[];

export function isRate(text: string | null | undefined): text is Rate {
  return typeof text === "string" && Object.hasOwn(figures, text);
}

/** How many timecodes there are before they begin again. */
export function framesPerDay(rate: Rate): number {
  const { nominal, dropped } = figures[rate];
  return 86_400 * nominal - dropped * (1440 - 144);
}

/** The timecode of a frame; numbers begin again at midnight. */
export function timecodeAt(rate: Rate, frame: number): string {
  const { nominal, dropped } = figures[rate];
  const day = framesPerDay(rate);
  let n = ((frame % day) + day) % day;
  if (dropped > 0) {
    // The numbers that were left out before this frame are counted in again.
    const first = 60 * nominal; // a tenth minute is whole
    const minute = first - dropped;
    const tens = Math.floor(n / (first + 9 * minute));
    const rest = n % (first + 9 * minute);
    n += 9 * dropped * tens;
    if (rest >= first) n += dropped * (1 + Math.floor((rest - first) / minute));
  }
  const seconds = Math.floor(n / nominal);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map(two).join(":");
  return parts + (dropped > 0 ? ";" : ":") + two(n % nominal);
}

const two = (n: number) => String(n).padStart(2, "0");

export type Fault = "form" | "clock" | "frame" | "dropped" | "drop" | "nonDrop";

export type Read = { frame: number; text: string } | { fault: Fault };

/** Reads a timecode of a rate. Digits alone fill it from the right: 410 is 00:00:04:10. */
export function readTimecode(rate: Rate, typed: string): Read {
  const { nominal, dropped } = figures[rate];
  const text = typed.trim();
  const whole = /^(\d\d):(\d\d):(\d\d)([:;])(\d\d)$/.exec(text);
  const digits = whole === null ? text : whole[1]! + whole[2]! + whole[3]! + whole[5]!;
  if (!/^\d{1,8}$/.test(digits)) return { fault: "form" };
  const filled = digits.padStart(8, "0");
  const [hours, minutes, seconds, frames] = [0, 2, 4, 6].map((i) => Number(filled.slice(i, i + 2))) as [number, number, number, number];
  if (hours > 23 || minutes > 59 || seconds > 59) return { fault: "clock" };
  if (whole?.[4] === ";" && dropped === 0) return { fault: "drop" };
  if (whole?.[4] === ":" && dropped > 0) return { fault: "nonDrop" };
  if (frames >= nominal) return { fault: "frame" };
  if (frames < dropped && seconds === 0 && minutes % 10 !== 0) return { fault: "dropped" };
  const all = hours * 60 + minutes;
  const frame = (all * 60 + seconds) * nominal + frames - dropped * (all - Math.floor(all / 10));
  return { frame, text: timecodeAt(rate, frame) };
}

/** The frame that is on the screen at a time, in seconds. */
export function frameAt(rate: Rate, seconds: number): number {
  const { num, den } = figures[rate];
  // Browsers tell times in whole microseconds, which may lie just before the frame.
  return Math.floor(((seconds + 2e-6) * num) / den);
}

/** The frame whose picture is told to begin at a time: files round these to what their container counts in. */
export function nearestFrame(rate: Rate, seconds: number): number {
  const { num, den } = figures[rate];
  return Math.max(0, Math.round((seconds * num) / den));
}

/** How many numbers a second of timecode has. */
export function framesPerSecond(rate: Rate): number {
  return figures[rate].nominal;
}

/** A time within a frame, far from its neighbours, to seek to. */
export function middleOf(rate: Rate, frame: number): number {
  const { num, den } = figures[rate];
  return ((frame + 0.5) * den) / num;
}

/** When a frame begins, in seconds. */
export function beginningOf(rate: Rate, frame: number): number {
  const { num, den } = figures[rate];
  return (frame * den) / num;
}

/** The rate, counted without drop-frame, of pictures that last so long; undefined where there is none near it. */
export function rateOf(secondsPerFrame: number): Rate | undefined {
  // 23.976 and 24 are a thousandth apart.
  return rates.filter((rate) => figures[rate].dropped === 0).find((rate) => Math.abs((secondsPerFrame * figures[rate].num) / figures[rate].den - 1) < 0.0004);
}
