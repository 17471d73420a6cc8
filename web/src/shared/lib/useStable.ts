import { useRef } from "react";

/** The same functions at every paint, that do what the latest ones do: for components that are compared by what they are given. */
export function useStable<T extends Record<string, (...args: never[]) => unknown>>(latest: T): T {
  const ref = useRef(latest);
  ref.current = latest;
  const stable = useRef<T>(null);
  stable.current ??= Object.fromEntries(Object.keys(latest).map((name) => [name, (...args: never[]) => ref.current[name]?.(...args)])) as T;
  return stable.current;
}
