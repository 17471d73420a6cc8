/** Where the keys stand: a lane, and one of its stops; the first stop is its name. */
export interface Stop {
  lane: number;
  stop: number;
}

/** Where a key leads from a stop; places has the places of each lane's stops, from left to right, its name's before all. */
export function stopBy(key: string, { lane, stop }: Stop, places: readonly (readonly number[])[]): Stop | undefined {
  const here = places[lane];
  if (here === undefined) return undefined;
  const within = (to: number) => ({ lane, stop: Math.min(Math.max(to, 0), here.length - 1) });
  const beside = (to: number) => {
    const there = places[Math.min(Math.max(to, 0), places.length - 1)] ?? here;
    const at = here[stop] ?? 0;
    if (stop === 0) return { lane: Math.min(Math.max(to, 0), places.length - 1), stop: 0 };
    const nearest = there.reduce((best, place, i) => (i > 0 && (best === 0 || Math.abs(place - at) < Math.abs((there[best] ?? 0) - at)) ? i : best), 0);
    return { lane: Math.min(Math.max(to, 0), places.length - 1), stop: nearest };
  };
  switch (key) {
    case "ArrowLeft":
      return within(stop - 1);
    case "ArrowRight":
      return within(stop + 1);
    case "Home":
      return within(0);
    case "End":
      return within(here.length - 1);
    case "ArrowUp":
      return beside(lane - 1);
    case "ArrowDown":
      return beside(lane + 1);
    case "PageUp":
      return beside(lane - 10);
    case "PageDown":
      return beside(lane + 10);
  }
  return undefined;
}
