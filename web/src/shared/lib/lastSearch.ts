// The way back from a request leads to the search that it was found by.
const key = "backlot.search";

export function rememberSearch(url: string): void {
  try {
    sessionStorage.setItem(key, url);
  } catch {
    // Without storage the way back leads to an empty search.
  }
}

export function lastSearch(): string {
  try {
    return sessionStorage.getItem(key) ?? "/";
  } catch {
    return "/";
  }
}
