import { Tab } from "./tab";

/** This tab, of those in which the account is signed in. */
export function newTab(account: string): Tab {
  const name = "backlot.live." + account;
  // Locks are for secure origins only; elsewhere each tab has a stream of its own.
  const shareable = "locks" in navigator && "BroadcastChannel" in globalThis;
  return new Tab({
    id: crypto.randomUUID?.() ?? String(Math.random()),
    shared: shareable ? { channel: openChannel(name), lead: (signal, leading) => navigator.locks.request(name, { signal }, leading) } : undefined,
    connect: (url) => new EventSource(url) as never,
    online: () => navigator.onLine,
  });
}

function openChannel(name: string) {
  const channel = new BroadcastChannel(name);
  return {
    post: (message: unknown) => channel.postMessage(message),
    onMessage: (listener: (message: unknown) => void) => channel.addEventListener("message", (event) => listener(event.data)),
    close: () => channel.close(),
  };
}
