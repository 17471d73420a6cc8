// Where the reader was in a list: going back to it goes back there.
interface Place {
  top: number; // pixels scrolled
}

const places = new Map<string, Place>();

export function rememberPlace(url: string, place: Place): void {
  places.set(url, place);
}

export function placeOf(url: string): Place | undefined {
  return places.get(url);
}
