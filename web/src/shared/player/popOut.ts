interface Place {
  request: string;
  delivery: string | null;
  file: string | null;
  frame: number | null;
  rate: string | null;
}

/** The address of the player at a frame of a delivered file. */
export function playerHref({ request, delivery, file, frame, rate }: Place): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ delivery, file, at: frame, rate })) if (value !== null) query.set(name, String(value));
  return `/requests/${encodeURIComponent(request)}/player?${query}`;
}

/** Opens it in a window beside the page, one for each request. */
export function popOut(place: Place): void {
  window.open(playerHref(place), "backlot-player-" + place.request, "popup,width=1120,height=800")?.focus();
}
