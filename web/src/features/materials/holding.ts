// Several tabs of one browser may know of the same thing; one of them works on it.
const prefix = "backlot.materials.";
const held = new Map<string, () => void>();

/** Holds them, each as soon as no other tab does. Where the browser knows no locks, this tab is taken for the only one. */
export function holdAll(ids: readonly string[], onHeld: () => void = () => {}): void {
  for (const id of ids) {
    if (held.has(id)) continue;
    const released = new Promise<void>((release) => held.set(id, release));
    if (navigator.locks === undefined) onHeld();
    else
      void navigator.locks.request(prefix + id, async () => {
        onHeld();
        await released;
      });
  }
}

/** Lets go of it, for other tabs. */
export function letGo(id: string): void {
  held.get(id)?.();
  held.delete(id);
}
