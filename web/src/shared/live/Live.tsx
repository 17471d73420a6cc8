import { createContext, type ReactNode, useCallback, useContext, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { useQueryClient } from "@tanstack/react-query";
import { sessionKey } from "../api/session";
import { newTab } from "./browser";
import type { LiveEvent, LiveState } from "./events";
import type { Tab } from "./tab";

const TabContext = createContext<Tab | undefined>(undefined);

/** Lets what is below it watch what happens as it happens. What somebody may see depends on who it is, and on their rights. */
export function Live({ account, rights, children }: { account: string; rights: string; children: ReactNode }) {
  const [tab, setTab] = useState<Tab>();
  const queries = useQueryClient();
  useEffect(() => {
    const opened = newTab(account);
    const look = (event?: Event) => opened.setHidden(document.hidden || event?.type === "pagehide");
    const network = () => opened.networkChanged();
    // Who was signed out, or has other rights now, is asked anew who they are.
    const stop = opened.onEnd(() => void queries.invalidateQueries({ queryKey: sessionKey }));
    look();
    setTab(opened);
    document.addEventListener("visibilitychange", look);
    for (const name of ["pagehide", "pageshow"]) window.addEventListener(name, look);
    for (const name of ["online", "offline"]) window.addEventListener(name, network);
    return () => {
      document.removeEventListener("visibilitychange", look);
      for (const name of ["pagehide", "pageshow"]) window.removeEventListener(name, look);
      for (const name of ["online", "offline"]) window.removeEventListener(name, network);
      stop();
      opened.close();
    };
  }, [account, rights, queries]);
  return <TabContext value={tab}>{children}</TabContext>;
}

/**
 * Watches a search or a request, named by the query string that the API's live
 * stream takes; undefined watches nothing. The listener is called with what
 * there is to begin with, and then with what changes.
 */
export function useLive(watch: string | undefined, listener: (event: LiveEvent) => void): LiveState {
  const tab = useContext(TabContext);
  const latest = useRef(listener);
  useEffect(() => {
    latest.current = listener;
  });
  useEffect(() => {
    if (tab === undefined || watch === undefined) return;
    return tab.watch(watch, (event) => latest.current(event));
  }, [tab, watch]);
  const state = useLiveState();
  return watch === undefined ? "off" : state;
}

/** How the stream of this tab stands. */
export function useLiveState(): LiveState {
  const tab = useContext(TabContext);
  const subscribe = useCallback((changed: () => void) => tab?.onState(changed) ?? (() => undefined), [tab]);
  return useSyncExternalStore(subscribe, () => tab?.state ?? "off");
}
