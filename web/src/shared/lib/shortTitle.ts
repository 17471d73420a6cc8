/** Narcos: S1: E9, so that what tells two rows apart is not what is cut off. */
export function shortTitle(title: string): string {
  return title.replace(/\bSeason (\d+)/g, "S$1").replace(/\bEpisode (\d+)/g, "E$1");
}
