// The way back from a request leads to the search that it was found by.
const [searchKey, backKey] = ["backlot.search", "backlot.back"];

export function rememberSearch(url: string): void {
  keep(searchKey, url);
  keep(backKey, url);
}

export function lastSearch(): string {
  return kept(searchKey) ?? "/";
}

/** The way back leads here, which is no search. */
export function rememberBack(url: string): void {
  keep(backKey, url);
}

export function wayBack(): string {
  return kept(backKey) ?? "/";
}

function keep(key: string, url: string): void {
  try {
    sessionStorage.setItem(key, url);
  } catch {
    // Without storage the way back leads to the first page.
  }
}

function kept(key: string): string | null {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null;
  }
}
